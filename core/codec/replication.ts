/** Messages between the head of a shard and its follower. */
import type { Replicate, Replicated } from '../message.ts';
import type { NodeId } from '../node.ts';
import { rankOf } from '../node-id.ts';
import { markForm } from './cuts.ts';
import { decidedForm } from './decisions.ts';
import { pullForm, pushForm } from './exchange.ts';
import { type Choice, choice, type Form, noBulk } from './form.ts';
import { viewForm } from './membership.ts';
import type { BodyReader } from './reader.ts';
import type { BodyWriter } from './writer.ts';

type Replicable = Replicate['input'];

const inputForms = {
  push: pushForm,
  pull: pullForm,
  mark: markForm,
  decided: decidedForm,
  view: viewForm
} satisfies { [K in Replicable['kind']]: Form<Extract<Replicable, { kind: K }>> };

const inputChoice = choice<Replicable['kind']>({ push: 0, pull: 1, mark: 2, decided: 3, view: 4 });

export const replicateForm: Form<Replicate> = {
  bodyLength: ({ input }) => 22 + inputForm(input.kind).bodyLength(input),
  bulkLength: ({ input }, before) => inputForm(input.kind).bulkLength(input, before),
  write(writer, { view, number, at, from, input }) {
    writer.u32(view);
    writer.u32(number);
    writer.f64(at);
    writeNodeId(writer, from);
    inputChoice.write(writer, input.kind);
    inputForm(input.kind).write(writer, input);
  },
  read(reader) {
    const view = reader.u32();
    const number = reader.u32();
    const at = reader.f64();
    const from = readNodeId(reader);
    const input = inputForm(inputChoice.read(reader)).read(reader);
    return { kind: 'replicate', view, number, at, from, input };
  }
};

export const replicatedForm: Form<Replicated> = {
  bodyLength: () => 8,
  bulkLength: noBulk,
  write(writer, replicated) {
    writer.u32(replicated.view);
    writer.u32(replicated.number);
  },
  read: reader => ({ kind: 'replicated', view: reader.u32(), number: reader.u32() })
};

/** The form of a kind, for an input of that kind: which is what the table's type says. */
function inputForm(kind: Replicable['kind']): Form<Replicable> {
  return inputForms[kind] as unknown as Form<Replicable>;
}

type Role = 'w' | 's' | 'a' | 'c';

const roleChoice: Choice<Role> = choice<Role>({ w: 0, s: 1, a: 2, c: 3 });

/** Five bytes: the role, and the rank (0 for the coordinator). */
function writeNodeId(writer: BodyWriter, id: NodeId): void {
  const role = id === 'c' ? 'c' : id.startsWith('w') ? 'w' : id.startsWith('s') ? 's' : 'a';
  roleChoice.write(writer, role);
  writer.u32(rankOf(id));
}

function readNodeId(reader: BodyReader): NodeId {
  const role = roleChoice.read(reader);
  const rank = reader.u32();
  if (role !== 'c') return `${role}${rank}`;
  if (rank !== 0) throw reader.error(`coordinator ${rank} where there is one alone`);
  return 'c';
}

/** Messages between the head of a shard and its follower. */
import type { Replicate, Replicated } from '../message.ts';
import type { NodeId } from '../node.ts';
import { rankOf } from '../node-id.ts';
import { pullForm, pushForm } from './exchange.ts';
import { type Choice, choice, type Form, noBulk } from './form.ts';
import type { BodyReader } from './reader.ts';
import type { BodyWriter } from './writer.ts';

const inputChoice = choice<Replicate['input']['kind']>({ push: 0, pull: 1 });

export const replicateForm: Form<Replicate> = {
  bodyLength: ({ input }) =>
    22 + (input.kind === 'push' ? pushForm.bodyLength(input) : pullForm.bodyLength(input)),
  bulkLength: ({ input }, before) =>
    input.kind === 'push' ? pushForm.bulkLength(input, before) : pullForm.bulkLength(input, before),
  write(writer, { view, number, at, from, input }) {
    writer.u32(view);
    writer.u32(number);
    writer.f64(at);
    writeNodeId(writer, from);
    inputChoice.write(writer, input.kind);
    if (input.kind === 'push') pushForm.write(writer, input);
    else pullForm.write(writer, input);
  },
  read(reader) {
    const view = reader.u32();
    const number = reader.u32();
    const at = reader.f64();
    const from = readNodeId(reader);
    const form = inputChoice.read(reader) === 'push' ? pushForm : pullForm;
    return { kind: 'replicate', view, number, at, from, input: form.read(reader) };
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

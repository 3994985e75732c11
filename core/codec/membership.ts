/** Messages between the coordinator and everybody: membership, and the end of a run. */
import type { Finished, Halt, Halted, Heartbeat, Join, ViewChange } from '../message.ts';
import type { Member } from '../view.ts';
import { choice, type Form, noBulk } from './form.ts';
import type { BodyReader } from './reader.ts';
import type { BodyWriter } from './writer.ts';

export const joinForm: Form<Join> = {
  bodyLength: () => 4,
  bulkLength: noBulk,
  write: (writer, join) => writer.u32(join.incarnation),
  read: reader => ({ kind: 'join', incarnation: reader.u32() })
};

const MEMBER_BYTES = 8;

export const viewForm: Form<ViewChange> = {
  bodyLength: ({ view }) => 16 + MEMBER_BYTES * (view.workers.length + view.servers.length),
  bulkLength: noBulk,
  write(writer, { view }) {
    writer.u32(view.number);
    writer.u32(view.sequencer);
    writeMembers(writer, view.workers);
    writeMembers(writer, view.servers);
  },
  read(reader) {
    const number = reader.u32();
    const sequencer = reader.u32();
    const workers = readMembers(reader);
    return { kind: 'view', view: { number, workers, servers: readMembers(reader), sequencer } };
  }
};

function writeMembers(writer: BodyWriter, members: readonly Member[]): void {
  writer.u32(members.length);
  for (const { rank, incarnation } of members) {
    writer.u32(rank);
    writer.u32(incarnation);
  }
}

function readMembers(reader: BodyReader): readonly Member[] {
  return Array.from({ length: reader.count(MEMBER_BYTES) }, () => ({
    rank: reader.u32(),
    incarnation: reader.u32()
  }));
}

export const finishedForm: Form<Finished> = {
  bodyLength: () => 5,
  bulkLength: noBulk,
  write(writer, finished) {
    writer.u32(finished.clock);
    writer.flag(finished.diverged);
  },
  read: reader => ({ kind: 'finished', clock: reader.u32(), diverged: reader.flag() })
};

const reasonChoice = choice<Halt['reason']>({
  target: 0,
  iterations: 1,
  gradients: 2,
  seconds: 3,
  diverged: 4,
  failed: 5
});

export const haltForm: Form<Halt> = {
  bodyLength: () => 1,
  bulkLength: noBulk,
  write: (writer, halt) => reasonChoice.write(writer, halt.reason),
  read: reader => ({ kind: 'halt', reason: reasonChoice.read(reader) })
};

export const haltedForm: Form<Halted> = {
  bodyLength: () => 0,
  bulkLength: noBulk,
  write() {},
  read: () => ({ kind: 'halted' })
};

export const heartbeatForm: Form<Heartbeat> = {
  bodyLength: () => 4,
  bulkLength: noBulk,
  write: (writer, heartbeat) => writer.u32(heartbeat.progress),
  read: reader => ({ kind: 'heartbeat', progress: reader.u32() })
};

/** Messages between the coordinator and everybody: membership, and the end of a run. */
import type { Failed, Finished, Halt, Halted, Heartbeat, Join, ViewChange } from '../message.ts';
import type { Member, ServerMember } from '../view.ts';
import { choice, type Form, noBulk } from './form.ts';
import type { BodyReader } from './reader.ts';
import type { BodyWriter } from './writer.ts';

export const joinForm: Form<Join> = {
  bodyLength: () => 4,
  bulkLength: noBulk,
  write: (writer, join) => writer.u32(join.incarnation),
  read: reader => ({ kind: 'join', incarnation: reader.u32() })
};

const WORKER_BYTES = 8;
const SERVER_BYTES = 12;

export const viewForm: Form<ViewChange> = {
  bodyLength: ({ view: { workers, servers } }) =>
    16 + WORKER_BYTES * workers.length + SERVER_BYTES * servers.length,
  bulkLength: noBulk,
  write(writer, { view }) {
    writer.u32(view.number);
    writer.u32(view.sequencer);
    writer.u32(view.workers.length);
    for (const worker of view.workers) writeMember(writer, worker);
    writer.u32(view.servers.length);
    for (const server of view.servers) {
      writeMember(writer, server);
      writer.u32(server.shard);
    }
  },
  read(reader) {
    const number = reader.u32();
    const sequencer = reader.u32();
    const workers = Array.from({ length: reader.count(WORKER_BYTES) }, () => readMember(reader));
    const servers = Array.from(
      { length: reader.count(SERVER_BYTES) },
      (): ServerMember => ({ ...readMember(reader), shard: reader.u32() })
    );
    return { kind: 'view', view: { number, workers, servers, sequencer } };
  }
};

function writeMember(writer: BodyWriter, { rank, incarnation }: Member): void {
  writer.u32(rank);
  writer.u32(incarnation);
}

function readMember(reader: BodyReader): Member {
  return { rank: reader.u32(), incarnation: reader.u32() };
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

export const failedForm: Form<Failed> = {
  bodyLength: ({ reason }) => 1 + reason.length,
  bulkLength: noBulk,
  write: (writer, failed) => writer.ascii(failed.reason),
  read: reader => ({ kind: 'failed', reason: reader.ascii() })
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

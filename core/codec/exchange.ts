/** Messages of the exchange between workers and servers. */
import type {
  Abort,
  Answer,
  Contribution,
  Fate,
  Offer,
  Origin,
  Pull,
  Push,
  Segment,
  Settlement
} from '../message.ts';
import { choice, type Form, noBulk } from './form.ts';
import type { BodyReader } from './reader.ts';
import { keySetForm, payloadForm, replyForm } from './values.ts';
import type { BodyWriter } from './writer.ts';

export const pullForm: Form<Pull> = {
  bodyLength: pull => 12 + keySetForm.bodyLength(pull.keys),
  bulkLength: (pull, before) => keySetForm.bulkLength(pull.keys, before),
  write(writer, pull) {
    writer.u32(pull.view);
    writer.u32(pull.clock);
    writer.u32OrNull(pull.base);
    keySetForm.write(writer, pull.keys);
  },
  read: reader => ({
    kind: 'pull',
    view: reader.u32(),
    clock: reader.u32(),
    base: reader.u32OrNull(),
    keys: keySetForm.read(reader)
  })
};

const contributionChoice = choice<Contribution['kind']>({
  empty: 0,
  gradient: 1,
  delta: 2,
  model: 3
});

const contributionForm: Form<Contribution> = {
  bodyLength: contribution =>
    contribution.kind === 'empty'
      ? 1
      : 5 + payloadForm.bodyLength(contribution.payload) + keySetForm.bodyLength(contribution.keys),
  bulkLength: (contribution, before) =>
    contribution.kind === 'empty'
      ? before
      : keySetForm.bulkLength(
          contribution.keys,
          payloadForm.bulkLength(contribution.payload, before)
        ),
  write(writer, contribution) {
    contributionChoice.write(writer, contribution.kind);
    if (contribution.kind === 'empty') return;
    writer.u32(contribution.samples);
    payloadForm.write(writer, contribution.payload);
    keySetForm.write(writer, contribution.keys);
  },
  read(reader) {
    const kind = contributionChoice.read(reader);
    if (kind === 'empty') return { kind };
    return {
      kind,
      samples: reader.u32(),
      payload: payloadForm.read(reader),
      keys: keySetForm.read(reader)
    };
  }
};

const ORIGIN_BYTES = 16;

export const pushForm: Form<Push> = {
  bodyLength({ contribution, want, origins }) {
    return (
      26 +
      contributionForm.bodyLength(contribution) +
      (want === null ? 0 : 4 + keySetForm.bodyLength(want.keys)) +
      (origins === null ? 0 : 4 + ORIGIN_BYTES * origins.length)
    );
  },
  bulkLength({ contribution, want }, before) {
    const bulk = contributionForm.bulkLength(contribution, before);
    return want === null ? bulk : keySetForm.bulkLength(want.keys, bulk);
  },
  write(writer, push) {
    writer.u32(push.view);
    writer.u32(push.incarnation);
    writer.u32(push.clock);
    writer.u32(push.round);
    writer.u32(push.cut);
    writer.u32(push.base);
    contributionForm.write(writer, push.contribution);
    writer.flag(push.want !== null);
    if (push.want !== null) {
      writer.u32OrNull(push.want.base);
      keySetForm.write(writer, push.want.keys);
    }
    writer.flag(push.origins !== null);
    if (push.origins !== null) writeOrigins(writer, push.origins);
  },
  read: reader => ({
    kind: 'push',
    view: reader.u32(),
    incarnation: reader.u32(),
    clock: reader.u32(),
    round: reader.u32(),
    cut: reader.u32(),
    base: reader.u32(),
    contribution: contributionForm.read(reader),
    want: reader.flag() ? { base: reader.u32OrNull(), keys: keySetForm.read(reader) } : null,
    origins: reader.flag() ? readOrigins(reader) : null
  })
};

function writeOrigins(writer: BodyWriter, origins: readonly Origin[]): void {
  writer.u32(origins.length);
  for (const { worker, incarnation, clock, base } of origins) {
    writer.u32(worker);
    writer.u32(incarnation);
    writer.u32(clock);
    writer.u32(base);
  }
}

function readOrigins(reader: BodyReader): readonly Origin[] {
  return Array.from({ length: reader.count(ORIGIN_BYTES) }, () => ({
    worker: reader.u32(),
    incarnation: reader.u32(),
    clock: reader.u32(),
    base: reader.u32()
  }));
}

const SETTLEMENT_BYTES = 17;
const fateChoice = choice<Fate>({ applied: 0, dropped: 1, stale: 2, empty: 3 });

export const answerForm: Form<Answer> = {
  bodyLength: ({ settled, reply }) =>
    18 + SETTLEMENT_BYTES * settled.length + (reply === null ? 0 : replyForm.bodyLength(reply)),
  bulkLength: ({ reply }, before) =>
    reply === null ? before : replyForm.bulkLength(reply, before),
  write(writer, answer) {
    writer.u32(answer.view);
    writer.u32(answer.clock);
    writer.u32(answer.round);
    writer.flag(answer.received);
    writer.u32(answer.settled.length);
    for (const settlement of answer.settled) writeSettlement(writer, settlement);
    writer.flag(answer.reply !== null);
    if (answer.reply !== null) replyForm.write(writer, answer.reply);
  },
  read: reader => ({
    kind: 'answer',
    view: reader.u32(),
    clock: reader.u32(),
    round: reader.u32(),
    received: reader.flag(),
    settled: Array.from({ length: reader.count(SETTLEMENT_BYTES) }, () => ({
      clock: reader.u32(),
      fate: fateChoice.read(reader),
      weight: reader.f64(),
      staleness: reader.u32()
    })),
    reply: reader.flag() ? replyForm.read(reader) : null
  })
};

function writeSettlement(writer: BodyWriter, { clock, fate, weight, staleness }: Settlement): void {
  writer.u32(clock);
  fateChoice.write(writer, fate);
  writer.f64(weight);
  writer.u32(staleness);
}

export const offerForm: Form<Offer> = {
  bodyLength: ({ reply }) => 4 + replyForm.bodyLength(reply),
  bulkLength: ({ reply }, before) => replyForm.bulkLength(reply, before),
  write(writer, offer) {
    writer.u32(offer.view);
    replyForm.write(writer, offer.reply);
  },
  read: reader => ({ kind: 'offer', view: reader.u32(), reply: replyForm.read(reader) })
};

export const abortForm: Form<Abort> = {
  bodyLength: () => 9,
  bulkLength: noBulk,
  write(writer, abort) {
    writer.u32(abort.view);
    writer.u32(abort.clock);
    writer.flag(abort.restart);
  },
  read: reader => ({
    kind: 'abort',
    view: reader.u32(),
    clock: reader.u32(),
    restart: reader.flag()
  })
};

export const segmentForm: Form<Segment> = {
  bodyLength: ({ keys, payload }) =>
    12 + payloadForm.bodyLength(payload) + keySetForm.bodyLength(keys),
  bulkLength: ({ keys, payload }, before) =>
    keySetForm.bulkLength(keys, payloadForm.bulkLength(payload, before)),
  write(writer, segment) {
    writer.u32(segment.view);
    writer.u32(segment.clock);
    writer.u32(segment.step);
    payloadForm.write(writer, segment.payload);
    keySetForm.write(writer, segment.keys);
  },
  read: reader => ({
    kind: 'segment',
    view: reader.u32(),
    clock: reader.u32(),
    step: reader.u32(),
    payload: payloadForm.read(reader),
    keys: keySetForm.read(reader)
  })
};

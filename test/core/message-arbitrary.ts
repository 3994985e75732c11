/** Random messages of every kind, for property tests. */
import * as fc from 'fast-check';
import type {
  Contribution,
  Decided,
  DecidedStep,
  Fate,
  Halt,
  Mark,
  Message,
  Origin,
  Pull,
  Push,
  Reply,
  Settlement,
  ViewChange,
  Want
} from '../../core/message.ts';
import type { NodeId } from '../../core/node.ts';
import type { Payload } from '../../core/params.ts';
import { allKeys, type KeyRange, type KeySet } from '../../core/tensors.ts';
import type { Member, ServerMember, View } from '../../core/view.ts';

type Kind = Message['kind'];

/** Records as literals make them, with a prototype. */
function record<T>(fields: { readonly [F in keyof T]: fc.Arbitrary<T[F]> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, { noNullPrototype: true });
}

/** Counts as they are, small most of the time, and at the edges of what the wire holds. */
const count = fc.oneof(
  { weight: 8, arbitrary: fc.nat(1000) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffffffff }) },
  { weight: 1, arbitrary: fc.constant(0xffffffff) }
);
const countOrNull = fc.oneof(fc.constant(null), fc.nat(1000), fc.constant(0xfffffffe));
const number = fc.double();

/** Payloads whose bytes are there. */
export const payloads: fc.Arbitrary<Payload> = record({
  format: fc.constantFrom('none', 'int8', 'topk', 'x'.repeat(32)),
  elements: count,
  bytes: fc.uint8Array({ maxLength: 70 })
}).map(({ format, elements, bytes }) => ({ format, elements, byteLength: bytes.length, bytes }));

/** Key sets without a model: ascending ranges, then rows of one width. */
export const keySets: fc.Arbitrary<KeySet> = fc.oneof(
  fc.constant(allKeys),
  record({
    steps: fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 6 }),
    gaps: fc.array(fc.nat(99), { maxLength: 9 }),
    width: fc.integer({ min: 1, max: 20 })
  }).map(({ steps, gaps, width }): KeySet => {
    const ranges: KeyRange[] = [];
    let key = 0;
    for (let i = 0; i + 1 < steps.length; i += 2) {
      ranges.push({ begin: key + steps[i]!, end: key + steps[i]! + steps[i + 1]! });
      key += steps[i]! + steps[i + 1]!;
    }
    const rows = gaps.map(gap => {
      const row = key + gap;
      key = row + width;
      return row;
    });
    return { kind: 'some', ranges, rows: Uint32Array.from(rows), width };
  })
);

const nodeIds: fc.Arbitrary<NodeId> = fc.oneof(
  fc.constant<NodeId>('c'),
  fc
    .tuple(fc.constantFrom<'w' | 's' | 'a'>('w', 's', 'a'), fc.nat(100_000))
    .map(([role, rank]): NodeId => `${role}${rank}`)
);

const want: fc.Arbitrary<Want> = record({ keys: keySets, base: countOrNull });

const contribution: fc.Arbitrary<Contribution> = fc.oneof(
  fc.constant({ kind: 'empty' } as const),
  record({
    kind: fc.constantFrom<'gradient' | 'delta' | 'model'>('gradient', 'delta', 'model'),
    keys: keySets,
    payload: payloads,
    samples: count
  })
);

const origin: fc.Arbitrary<Origin> = record({
  worker: count,
  incarnation: count,
  clock: count,
  base: count
});

const push: fc.Arbitrary<Push> = record({
  kind: fc.constant('push'),
  view: count,
  incarnation: count,
  clock: count,
  round: count,
  cut: count,
  base: count,
  contribution,
  want: fc.option(want),
  origins: fc.option(fc.array(origin, { maxLength: 4 }))
});

const pull: fc.Arbitrary<Pull> = record({
  kind: fc.constant('pull'),
  view: count,
  clock: count,
  keys: keySets,
  base: countOrNull
});

const settlement: fc.Arbitrary<Settlement> = record({
  clock: count,
  fate: fc.constantFrom<Fate>('applied', 'dropped', 'stale', 'empty'),
  weight: number,
  staleness: count
});

const reply: fc.Arbitrary<Reply> = record({
  what: fc.constantFrom<Reply['what']>('params', 'aggregate'),
  clock: count,
  version: count,
  slowest: count,
  keys: keySets,
  base: countOrNull,
  payload: payloads,
  parkedNanos: fc.maxSafeNat()
});

const view: fc.Arbitrary<View> = record({
  number: count,
  workers: fc.array(record<Member>({ rank: count, incarnation: count }), { maxLength: 5 }),
  servers: fc.array(record<ServerMember>({ rank: count, incarnation: count, shard: count }), {
    maxLength: 5
  }),
  sequencer: count
});

const viewChange: fc.Arbitrary<ViewChange> = record({ kind: fc.constant('view'), view });

const mark: fc.Arbitrary<Mark> = record({
  kind: fc.constant('mark'),
  view: count,
  number: count,
  clock: count,
  final: fc.boolean()
});

const named = { worker: count, incarnation: count, clock: count };

const step: fc.Arbitrary<DecidedStep> = fc.oneof(
  record({ kind: fc.constant('fold'), ...named, weight: number }),
  record({
    kind: fc.constant('drop'),
    ...named,
    fate: fc.constantFrom('dropped', 'stale', 'empty')
  }),
  record({ kind: fc.constant('commit'), gradientScale: number, rateScale: number }),
  record({ kind: fc.constant('admit'), ...named }),
  record({ kind: fc.constant('abort'), ...named, restart: fc.boolean() })
);

const decided: fc.Arbitrary<Decided> = record({
  kind: fc.constant('decided'),
  view: count,
  number: count,
  steps: fc.array(step, { maxLength: 5 })
});

/** What goes into a sentence on the wire: 0 to 255 ASCII characters. */
const reason = fc.string({ unit: 'grapheme-ascii', maxLength: 255 });

/** Messages of one kind each. */
export const messagesOf: { readonly [K in Kind]: fc.Arbitrary<Extract<Message, { kind: K }>> } = {
  join: record({ kind: fc.constant('join'), incarnation: count }),
  view: viewChange,
  pull,
  push,
  answer: record({
    kind: fc.constant('answer'),
    view: count,
    clock: count,
    round: count,
    received: fc.boolean(),
    settled: fc.array(settlement, { maxLength: 4 }),
    reply: fc.option(reply)
  }),
  offer: record({ kind: fc.constant('offer'), view: count, reply }),
  abort: record({
    kind: fc.constant('abort'),
    view: count,
    clock: count,
    restart: fc.boolean()
  }),
  arrived: record({
    kind: fc.constant('arrived'),
    view: count,
    worker: count,
    incarnation: count,
    clock: count,
    base: count,
    samples: count
  }),
  decided,
  reduce: record({
    kind: fc.constant('reduce'),
    view: count,
    number: count,
    server: count,
    sums: fc.array(number, { maxLength: 5 })
  }),
  cut: record({ kind: fc.constant('cut'), view: count, number: count, final: fc.boolean() }),
  mark,
  part: record({
    kind: fc.constant('part'),
    number: count,
    version: count,
    gradients: count,
    payload: payloads
  }),
  progress: record({
    kind: fc.constant('progress'),
    version: count,
    gradients: count,
    slowest: count
  }),
  failed: record({ kind: fc.constant('failed'), reason }),
  finished: record({ kind: fc.constant('finished'), clock: count, diverged: fc.boolean() }),
  halt: record({
    kind: fc.constant('halt'),
    reason: fc.constantFrom<Halt['reason']>(
      'target',
      'iterations',
      'gradients',
      'seconds',
      'diverged',
      'failed'
    )
  }),
  halted: fc.constant({ kind: 'halted' } as const),
  heartbeat: record({ kind: fc.constant('heartbeat'), progress: count }),
  replicate: record({
    kind: fc.constant('replicate'),
    view: count,
    number: count,
    at: fc.maxSafeNat(),
    from: nodeIds,
    input: fc.oneof(push, pull, mark, decided, viewChange)
  }),
  replicated: record({ kind: fc.constant('replicated'), view: count, number: count }),
  segment: record({
    kind: fc.constant('segment'),
    view: count,
    clock: count,
    step: count,
    keys: keySets,
    payload: payloads
  })
};

/** Messages of all kinds, equally often. */
export const messages: fc.Arbitrary<Message> = fc.oneof(...Object.values(messagesOf));

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodedLength } from '../../../core/codec.ts';
import { costs, createPrices, free } from '../../../core/environment/costs.ts';
import type { Message } from '../../../core/message.ts';
import type { Effect, Input } from '../../../core/node.ts';
import { assertHolds, batchMeans } from '../../sim/closed-forms/estimate.ts';

const test = suite('costs');
const SEED = 41;

const pull = (clock: number): Message => {
  return { kind: 'pull', view: 1, clock, keys: { kind: 'all' }, base: null };
};
const work = (operation: 'encode' | 'decode' | 'apply', elements: number): Effect => {
  return { kind: 'work', operation, elements };
};
const send = (message: Message): Effect => ({ kind: 'send', to: 's0', message, priority: 0 });
const take = (message: Message, from: `w${number}` | 's0' = 'w0'): Input => {
  return { kind: 'message', from, session: 0, sequence: 0, message };
};

test('work has the price of its elements, and a message that of its ends and its bytes', () => {
  const config = costs({
    encodeNanosPerElement: 2,
    decodeNanosPerElement: 1.5,
    applyNanosPerElement: 0.25,
    messageNanos: 1000,
    serialiseNanosPerByte: 3,
    copyNanosPerByte: 2
  });
  const prices = createPrices(config, SEED, 's0')!;
  const bytes = encodedLength(pull(3));
  assert.equal(
    [
      prices.effectNanos(work('encode', 10)),
      prices.effectNanos(work('decode', 10)),
      prices.effectNanos(work('apply', 10)),
      prices.effectNanos(work('apply', 0)),
      prices.effectNanos(send(pull(3))),
      prices.inputNanos(take(pull(3)))
    ],
    [20, 15, 3, 0, 1000 + 5 * bytes, 1000 + 2 * bytes]
  );
  // Neither the coordinator's messages nor those of an evaluation cost time.
  const halt = { kind: 'halt', reason: 'target' } as const;
  assert.is(prices.effectNanos(send(halt)), 0);
  assert.is(prices.inputNanos(take(halt)), 0);
  assert.is(prices.inputNanos({ kind: 'timer', name: 'resend' }), 0);
});

test('prices differ by role and by node', () => {
  const config = costs({
    applyNanosPerElement: 1,
    servers: { applyNanosPerElement: 2 },
    nodes: { s1: { applyNanosPerElement: 0 } }
  });
  assert.is(createPrices(config, SEED, 'w0')!.effectNanos(work('apply', 10)), 10);
  assert.is(createPrices(config, SEED, 's0')!.effectNanos(work('apply', 10)), 20);
  assert.is(createPrices(config, SEED, 's1'), null, 'all that it does is free');
  assert.is(createPrices(free(), SEED, 's0'), null);
});

test('a service time is drawn for each message, and is the same whenever it comes', () => {
  const config = costs({ servers: { service: 'exponential:100us' } });
  const prices = createPrices(config, SEED, 's0')!;
  const again = createPrices(config, SEED, 's0')!;
  const other = createPrices(config, SEED, 's1')!;
  const clocks = Array.from({ length: 20_000 }, (_, clock) => clock);
  const times = clocks.map(clock => prices.inputNanos(take(pull(clock), 'w3')));
  const back = clocks.toReversed().map(clock => again.inputNanos(take(pull(clock), 'w3')));
  assert.equal(back.toReversed(), times);
  assertHolds('mean service', 1e5, batchMeans(times), 0.02);
  const pairs = clocks
    .slice(0, 100)
    .filter(c => other.inputNanos(take(pull(c), 'w3')) === times[c]);
  assert.equal(pairs, [], 'another server draws for itself');
  assert.is(prices.effectNanos(send(pull(0))), 0);
  assert.is(createPrices(config, SEED, 'w0'), null);
});

test.run();

import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Compressor, Memory } from '../../../core/compression/compressor.ts';
import { int8, int8Kind } from '../../../core/compression/int8.ts';
import { feedback, memoryOf } from '../../../core/compression/memory.ts';
import { topK, topKKind } from '../../../core/compression/topk.ts';
import { alike } from '../../twice.ts';
import { anyKey, drawn, energy, roundTrip } from './vectors.ts';

const test = suite('error feedback');

function memory(options: Parameters<typeof feedback>[0] = {}): Memory {
  return memoryOf(feedback(options))!;
}

/** One iteration of a worker: returns what the server decodes. */
function push(
  compressor: Compressor,
  held: Memory,
  clock: number,
  gradient: Float32Array,
  server = 0
): Float32Array {
  const owed = held.compensate(server, clock, gradient);
  const decoded = roundTrip(compressor, owed, { ...anyKey, clock, server });
  held.update(server, clock, owed, decoded);
  return decoded;
}

/** The residual towards a server. */
function residual(held: Memory, server = 0): Float32Array {
  const { residuals } = held.snapshot();
  const entry = Array.isArray(residuals) ? residuals.find(([rank]) => rank === server) : undefined;
  return entry[1];
}

function add(sum: Float64Array, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
}

function near(sum: Float64Array, other: Float64Array, tolerance: number): boolean {
  return sum.every((value, i) => Math.abs(value - other[i]!) <= tolerance);
}

test('what was sent and what is owed make up all gradients', () => {
  for (const compressor of [topKKind.create(topK({ ratio: 0.05 })), int8Kind.create(int8())]) {
    const held = memory();
    const given = new Float64Array(500);
    const accounted = new Float64Array(500);
    for (let clock = 0; clock < 100; clock++) {
      const gradient = drawn('laplace', 500, clock);
      add(given, gradient);
      add(accounted, push(compressor, held, clock, gradient));
      held.settle(0, clock, true);
      const now = accounted.slice();
      add(now, residual(held));
      assert.ok(near(now, given, 1e-4), `${compressor.format} at ${clock}`);
    }
  }
});

test('params minus what is owed follow plain SGD, under any schedule of drops and order', () => {
  const compressor = topKKind.create(topK({ ratio: 0.1 }));
  const fates = fc.array(fc.tuple(fc.boolean(), fc.nat(3), fc.boolean()), { maxLength: 40 });
  fc.assert(
    fc.property(
      fates,
      alike(list => {
        const held = memory({ onDrop: 'return' });
        const given = new Float64Array(50);
        const applied = new Float64Array(50);
        const inFlight: { clock: number; decoded: Float32Array; fate: boolean }[] = [];
        const settle = (index: number, twice: boolean): void => {
          const [settled] = inFlight.splice(index, 1);
          if (settled === undefined) return;
          held.settle(0, settled.clock, settled.fate);
          // A fate may be told again, and wrongly the second time: it counts once.
          if (twice) held.settle(0, settled.clock, !settled.fate);
          if (settled.fate) add(applied, settled.decoded);
        };
        list.forEach(([fate, wait, twice], clock) => {
          const gradient = drawn('gaussian', 50, clock);
          add(given, gradient);
          inFlight.push({ clock, decoded: push(compressor, held, clock, gradient), fate });
          while (inFlight.length > wait) settle(clock % inFlight.length, twice);
        });
        while (inFlight.length > 0) settle(0, false);
        if (list.length > 0) add(applied, residual(held));
        assert.ok(near(applied, given, 1e-4));
        return applied;
      })
    ),
    { numRuns: 100, seed: 36 }
  );
});

test('a payload that is discarded is gone, and no more than it', () => {
  const compressor = topKKind.create(topK({ ratio: 0.1 }));
  const held = memory({ onDrop: 'discard' });
  const given = new Float64Array(50);
  const accounted = new Float64Array(50);
  for (let clock = 0; clock < 20; clock++) {
    const gradient = drawn('gaussian', 50, clock);
    add(given, gradient);
    // Dropped or not, what was sent is no longer owed.
    add(accounted, push(compressor, held, clock, gradient));
    held.settle(0, clock, clock % 3 > 0);
  }
  add(accounted, residual(held));
  assert.ok(near(accounted, given, 1e-4));
});

test('a residual decays by its factor', () => {
  const held = memory({ decay: 0.5 });
  const zeros = new Float32Array(2);
  held.update(0, 0, held.compensate(0, 0, Float32Array.from([8, 4])), zeros);
  held.update(0, 1, held.compensate(0, 1, Float32Array.from([1, 0])), zeros);
  assert.equal([...residual(held)], [5, 2]);
});

test('the gradient itself is left as it is', () => {
  const held = memory();
  const gradient = drawn('gaussian', 10);
  const copy = gradient.slice();
  for (let clock = 0; clock < 3; clock++) {
    push(topKKind.create(topK({ ratio: 0.1 })), held, clock, gradient);
  }
  assert.equal(gradient, copy);
});

test('residuals towards different servers are different', () => {
  const held = memory();
  const compressor = topKKind.create(topK({ ratio: 0.5 }));
  push(compressor, held, 0, Float32Array.from([3, 1]), 0);
  push(compressor, held, 0, Float32Array.from([2, 5, 1, 6]), 1);
  assert.equal([...residual(held, 0)], [0, 1]);
  assert.equal([...residual(held, 1)], [2, 0, 1, 0]);
});

test('a worker that goes on from a snapshot sends what it would have sent', () => {
  const compressor = topKKind.create(topK({ ratio: 0.1 }));
  const config = feedback();
  const first = memoryOf(config)!;
  const run = (held: Memory, from: number, to: number): Float32Array[] => {
    const list: Float32Array[] = [];
    for (let clock = from; clock < to; clock++) {
      list.push(push(compressor, held, clock, drawn('gaussian', 50, clock)));
      if (clock >= 2) held.settle(0, clock - 2, clock % 4 > 0);
    }
    return list;
  };
  run(first, 0, 10);
  const snapshot = first.snapshot();
  const restored = memoryOf(config, snapshot)!;
  const expected = run(first, 10, 20);
  assert.equal(run(restored, 10, 20), expected);
  // Neither of the two has written into the snapshot.
  assert.equal(run(memoryOf(config, snapshot)!, 10, 20), expected);
  assert.throws(() => memoryOf(config, { residuals: 3, pending: [] }), /no snapshot/);
});

test('keys that change between iterations are refused', () => {
  const held = memory();
  push(topKKind.create(topK({ ratio: 0.5 })), held, 0, new Float32Array(4));
  assert.throws(() => held.compensate(0, 1, new Float32Array(5)), /owes 4 values .* got 5/);
});

test('the residual stays within its bound', () => {
  // Karimireddy et al. 2019, lemma 3: |e|^2 <= 4 (1 - d) / d^2 max |g|^2 with d = k / n.
  const held = memory();
  const compressor = topKKind.create(topK({ ratio: 0.1 }));
  let largest = 0;
  for (let clock = 0; clock < 300; clock++) {
    const gradient = drawn('gaussian', 100, clock);
    largest = Math.max(largest, energy(gradient));
    push(compressor, held, clock, gradient);
    assert.ok(energy(residual(held)) <= ((4 * 0.9) / 0.01) * largest);
  }
});

/**
 * Beznosikov et al. 2020: f_i(x) = <a_i, x>^2 + |x|^2 / 4 for three workers, from x = (1, 1, 1).
 * Top-1 of each gradient is the component that leads uphill.
 */
function beznosikov(withFeedback: boolean, steps: number): readonly number[] {
  const compressor = topKKind.create(topK({ ratio: 1 / 3 }));
  const rate = 0.005;
  const a = [
    [-3, 2, 2],
    [2, -3, 2],
    [2, 2, -3]
  ] as const;
  const held = a.map(() => memory());
  const x = [1, 1, 1];
  for (let clock = 0; clock < steps; clock++) {
    const mean = [0, 0, 0];
    a.forEach((ai, worker) => {
      const inner = ai[0] * x[0]! + ai[1] * x[1]! + ai[2] * x[2]!;
      const gradient = Float32Array.from(ai, (part, j) => 2 * inner * part + x[j]! / 2);
      const decoded = withFeedback
        ? push(compressor, held[worker]!, clock, gradient)
        : roundTrip(compressor, gradient);
      for (let j = 0; j < 3; j++) mean[j]! += decoded[j]! / 3;
    });
    for (let j = 0; j < 3; j++) x[j]! -= rate * mean[j]!;
  }
  return x;
}

test('without feedback top-1 diverges as in theory, with it it converges', () => {
  const growth = (1 + (11 * 0.005) / 6) ** 500;
  for (const part of beznosikov(false, 500)) assert.ok(Math.abs(part / growth - 1) < 1e-4);
  for (const part of beznosikov(true, 20_000)) assert.ok(Math.abs(part) < 1e-9, `${part}`);
});

test.run();

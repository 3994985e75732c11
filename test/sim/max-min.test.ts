import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Stream, stream } from '../../core/random.ts';
import { type CaseFlow, type CaseLink, runFlowCase } from '../../sim/flow-case.ts';
import { MaxMin } from '../../sim/max-min/max-min.ts';
import { type FilledFlow, ProgressiveFill, progressiveFill } from '../../sim/progressive-fill.ts';
import type { Sharing } from '../../sim/sharing.ts';
import { alike } from '../twice.ts';

const test = suite('max-min sharing');

/** A flow as good as all others. */
function equal(route: readonly number[]): FilledFlow {
  return { route, parts: route.map(() => 1), weight: 1, bytesPerSecondMax: Infinity };
}

test('progressive filling gives the rates that one finds by hand', () => {
  // Link 0 is full at 2; that leaves 4 for the other flow of link 1; link 3 is never full.
  const routes = [[0], [0], [0, 1, 2], [1], [2, 3]];
  const rates = progressiveFill([6, 6, 7, 9], routes.map(equal));
  assert.equal([...rates], [2, 2, 2, 4, 5]);
});

for (const [shape, makeRoutes] of [
  ['a star', starRoutes],
  ['a mesh', meshRoutes]
] as const) {
  test(`after each of thousands of batches on ${shape} the rates are those of a fresh fill`, () => {
    let worst = 0;
    const check = alike((seed: number) => {
      const { error, rates } = worstRateError(stream(seed, shape), makeRoutes, 150, seed);
      worst = Math.max(worst, error);
      return rates;
    });
    for (let seed = 0; seed < 60; seed++) check(seed);
    assert.ok(worst <= 1e-12, `worst relative difference ${worst}`);
  });
}

test('the ends of short runs are those of the plain fill', () => {
  const check = alike((seed: number) => {
    const random = stream(seed, 'ends');
    const capacities = Array.from({ length: 8 }, () => capacity(random, false));
    const links = capacities.map(
      (bytesPerSecond): CaseLink => ({ bytesPerSecond, latencySeconds: 0, policy: 'shared' })
    );
    const flows = meshRoutes(random, 8, 30).map(
      (route): CaseFlow => ({
        route,
        bytes: 1 + random.integer(10_000),
        startSeconds: random.integer(20) / 4
      })
    );
    const incremental = runFlowCase({ links, flows }, new MaxMin());
    runFlowCase({ links, flows }, new ProgressiveFill()).forEach((end, flow) => {
      const seconds = incremental[flow]!.seconds ?? NaN;
      const error = Math.abs(seconds - (end.seconds ?? NaN)) / seconds;
      assert.ok(error <= 1e-12, `flow ${flow}, seed ${seed}: ${seconds} s for ${end.seconds} s`);
    });
    return incremental;
  });
  for (let seed = 0; seed < 60; seed++) check(seed);
});

test('a change reaches flows that share no link with it, through those that do', () => {
  const sharing = new MaxMin();
  const [a, b, c] = [sharing.addLink(10), sharing.addLink(10), sharing.addLink(12)];
  const flows = [[a], [a, b], [b, c], [c]].map(route => sharing.addFlow(route!));
  for (const flow of flows) sharing.start(flow, 100, 0);
  sharing.settle(0);
  assert.equal(flows.map(rate(sharing)), [5, 5, 5, 7]);
  sharing.stop(flows[0]!, 1);
  sharing.settle(1);
  assert.equal(flows.map(rate(sharing)), [0, 5, 5, 7]);
  sharing.setCapacity(a, 2, 2);
  sharing.settle(2);
  assert.equal(flows.map(rate(sharing)), [0, 2, 6, 6]);
  assert.is(sharing.remaining(flows[3]!, 2), 100 - 14);
});

test('a flow that starts and stops at one instant leaves no trace', () => {
  const sharing = new MaxMin();
  const link = sharing.addLink(10);
  const [first, second] = [sharing.addFlow([link]), sharing.addFlow([link])];
  sharing.start(first, 100, 0);
  sharing.settle(0);
  sharing.start(second, 40, 1);
  assert.is(sharing.stop(second, 1), 40);
  sharing.settle(1);
  assert.is(sharing.rate(first), 10);
  assert.is(sharing.nextCompletion(), 10);
  assert.is(sharing.nextFlow(), first);
});

test('the clock of a link that is busy without end starts again, and nobody notices', () => {
  // The first flow alone gets 2^37 bytes a second; the clock starts again beyond 2^36.
  const sharings = [new MaxMin(), new ProgressiveFill()];
  const ends = sharings.map(sharing => {
    const link = sharing.addLink(2 ** 37);
    const flows = [sharing.addFlow([link]), sharing.addFlow([link]), sharing.addFlow([link])];
    sharing.start(flows[0]!, 2 ** 42, 0);
    sharing.settle(0);
    const seen: number[] = [];
    for (let second = 1; second < 12; second++) {
      sharing.start(flows[1]!, 1e9, second);
      sharing.settle(second);
      sharing.start(flows[2]!, 3e9, second + 0.001);
      sharing.settle(second + 0.001);
      while (sharing.nextFlow() !== flows[0]) {
        const end = sharing.nextCompletion();
        seen.push(end);
        sharing.stop(sharing.nextFlow(), end);
        sharing.settle(end);
      }
    }
    seen.push(sharing.nextCompletion());
    return seen;
  });
  ends[0]!.forEach((end, index) => {
    assert.ok(Math.abs(end - ends[1]![index]!) <= 1e-12 * end, `${end} s, ${ends[1]![index]} s`);
  });
});

test('a route without links, or with one twice, is refused', () => {
  const sharing = new MaxMin();
  const link = sharing.addLink(1);
  assert.throws(() => sharing.addFlow([]), /at least one link/);
  assert.throws(() => sharing.addFlow([link, link]), /crosses a link twice/);
});

type MakeRoutes = (random: Stream, links: number, flows: number) => number[][];
type Live = ReadonlyMap<number, readonly number[]>;

/** Over the batches of one random run: the worst relative difference to a fresh fill, and all rates. */
function worstRateError(
  random: Stream,
  makeRoutes: MakeRoutes,
  batches: number,
  seed: number
): { readonly error: number; readonly rates: readonly number[] } {
  let worst = 0;
  let batch = 0;
  const seen: number[] = [];
  exercise(new MaxMin(), random, makeRoutes, batches, (sharing, live, capacities) => {
    const rates = progressiveFill(capacities, [...live.values()].map(equal));
    let first = Infinity;
    [...live.keys()].forEach((flow, index) => {
      const expected = rates[index]!;
      const actual = sharing.rate(flow);
      seen.push(actual);
      const error = actual === expected ? 0 : Math.abs(actual - expected) / expected;
      const where = `flow ${flow}, batch ${batch}, seed ${seed}`;
      assert.ok(error <= 1e-9, `${where}: ${actual} for ${expected} bytes/s`);
      worst = Math.max(worst, error);
      first = Math.min(first, sharing.remaining(flow, batch) / expected);
    });
    const next = sharing.nextCompletion() - batch;
    assert.ok(
      next === first || Math.abs(next - first) <= 1e-9 * (batch + first),
      `next completion in ${next} s for ${first} s, batch ${batch}, seed ${seed}`
    );
    seen.push(sharing.nextCompletion());
    batch++;
  });
  return { error: worst, rates: seen };
}

/** Starts, stops and changes in random batches, one a second; `look` sees the state after each. */
function exercise(
  sharing: Sharing,
  random: Stream,
  makeRoutes: MakeRoutes,
  batches: number,
  look: (sharing: Sharing, live: Live, capacities: readonly number[]) => void
): void {
  const alike = random.uniform() < 0.4;
  const capacities = Array.from({ length: 2 * (2 + random.integer(11)) }, () =>
    capacity(random, alike)
  );
  for (const bytesPerSecond of capacities) sharing.addLink(bytesPerSecond);
  const routes = makeRoutes(random, capacities.length, 4 + random.integer(80));
  const idle: { readonly flow: number; readonly route: readonly number[] }[] = [];
  for (const route of routes) idle.push({ flow: sharing.addFlow(route), route });
  const live = new Map<number, readonly number[]>();
  const eagerness = 0.2 + 0.6 * random.uniform();
  for (let batch = 0; batch < batches; batch++) {
    const changes = random.uniform() < 0.3 ? 1 + random.integer(8) : 1;
    for (let change = 0; change < changes; change++) {
      if (random.uniform() < 0.05) {
        const link = random.integer(capacities.length);
        capacities[link] = random.uniform() < 0.1 ? 0 : capacity(random, alike);
        sharing.setCapacity(link, capacities[link]!, batch);
      } else if (idle.length > 0 && (live.size === 0 || random.uniform() < eagerness)) {
        const { flow, route } = idle.splice(random.integer(idle.length), 1)[0]!;
        sharing.start(flow, 1e4 + random.integer(1e6), batch);
        live.set(flow, route);
      } else if (live.size > 0) {
        const [flow, route] = [...live][random.integer(live.size)]!;
        sharing.stop(flow, batch);
        live.delete(flow);
        // Now and then a flow is declared anew, with the number of one that is gone.
        if (random.uniform() < 0.2) {
          sharing.removeFlow(flow);
          const other = makeRoutes(random, capacities.length, 1)[0]!;
          idle.push({ flow: sharing.addFlow(other), route: other });
        } else idle.push({ flow, route });
      }
    }
    sharing.settle(batch);
    look(sharing, live, capacities);
  }
}

/** Of a few values, so that ties are common, or of any. */
function capacity(random: Stream, alike: boolean): number {
  if (alike) return 100;
  return random.uniform() < 0.3 ? 50 * (1 + random.integer(4)) : 1 + 200 * random.uniform();
}

/** Up one link and down another. */
function starRoutes(random: Stream, links: number, flows: number): number[][] {
  return Array.from({ length: flows }, () => [
    2 * random.integer(links / 2),
    2 * random.integer(links / 2) + 1
  ]);
}

/** One to four links of any. */
function meshRoutes(random: Stream, links: number, flows: number): number[][] {
  return Array.from({ length: flows }, () => {
    const route = Array.from({ length: 1 + random.integer(4) }, () => random.integer(links));
    return [...new Set(route)];
  });
}

function rate(sharing: Sharing): (flow: number) => number {
  return flow => sharing.rate(flow);
}

test.run();

/** Processor sharing: cases by hand, closed forms, and an oracle that keeps what every job has left. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Pace, paceNanos, steadyPace } from '../../core/environment/pace.ts';
import { spellPace } from '../../core/environment/spells.ts';
import { nameKey, stream } from '../../core/random.ts';
import { type Load, Processors } from '../../sim/processors.ts';
import { alike } from '../twice.ts';
import { assertHolds, batchMeans } from './closed-forms/estimate.ts';
import { lengthOf } from './closed-forms/timing-run.ts';

const test = suite('processors');
const second = 1e9;

interface Arrival {
  readonly at: number;
  readonly process: number;
  readonly work: number;
  readonly pace?: Pace | null;
}

/** What is done to processors at an instant, besides arrivals. */
interface Act {
  readonly at: number;
  readonly act: (processors: Processors, at: number) => void;
}

/** When each of the jobs is done; in order of time, acts before arrivals. */
function ends(processors: Processors, arrivals: readonly Arrival[], acts: readonly Act[] = []) {
  const done: number[] = [];
  const result = arrivals.map(() => Number.NaN);
  let arrived = 0;
  let acted = 0;
  for (;;) {
    const arrival = arrivals[arrived]?.at ?? Infinity;
    const act = acts[acted]?.at ?? Infinity;
    const event = processors.nextEvent();
    const now = Math.min(arrival, act, event);
    if (now === Infinity) return result;
    if (event === now) {
      processors.advance(now, done);
      for (const job of done) result[job] = now;
      done.length = 0;
    } else if (act === now) acts[acted++]!.act(processors, now);
    else {
      const { process, work, pace = null } = arrivals[arrived]!;
      processors.start(now, process, work, pace, arrived++);
    }
  }
}

const processes = (count: number): Load[] =>
  Array.from({ length: count }, () => ({ host: 0, pace: null }));

test('cores without limit and one job on a core take what the work takes', () => {
  const jobs = [0, 1, 2].map(process => ({ at: process, process, work: 10 }));
  assert.equal(ends(new Processors([Infinity], processes(3)), jobs), [10, 11, 12]);
  assert.equal(ends(new Processors([3], processes(3)), jobs), [10, 11, 12]);
});

test('n jobs on C cores run at C/n each', () => {
  // One core: the first alone for 1 s, then both at half; it ends after 1 + 2 s, the other 1 s later.
  const two = [
    { at: 0, process: 0, work: 2 * second },
    { at: second, process: 1, work: 2 * second }
  ];
  assert.equal(ends(new Processors([1], processes(2)), two), [3 * second, 4 * second]);
  // Two cores, three jobs of 2, 3 and 4 s at 2/3 each: the first after 3 s, the others have 1 and 2.
  const three = [2, 3, 4].map((work, process) => ({ at: 0, process, work: work * second }));
  assert.equal(
    ends(new Processors([2], processes(3)), three),
    [3, 4, 5].map(s => s * second)
  );
  // Half a core, a quota.
  assert.equal(ends(new Processors([0.5], processes(1)), [three[0]!]), [4 * second]);
});

test('a slow job takes its whole share of the cores, a stopped one none', () => {
  const jobs = [
    { at: 0, process: 0, work: second, pace: steadyPace(0.25) },
    { at: 0, process: 1, work: second }
  ];
  // At half a core each until 2 s; then the first has 3/4 of its work left, at a quarter.
  assert.equal(ends(new Processors([1], processes(2)), jobs), [5 * second, 2 * second]);
  const stops = [
    { at: second / 2, act: (p: Processors, at: number) => p.setSpeed(at, 0, 0) },
    { at: 3 * second, act: (p: Processors, at: number) => p.setSpeed(at, 0, 1) }
  ];
  const plain = jobs.map(({ at, process, work }) => ({ at, process, work }));
  // Both have 3/4 left at 0.5 s; the second ends at 1.25 s, the first at 3 + 0.75 s.
  assert.equal(ends(new Processors([1], processes(2)), plain, stops), [3.75e9, 1.25e9]);
});

test('a job that is taken back leaves its share to the others', () => {
  const jobs = [0, 1].map(process => ({ at: 0, process, work: second }));
  const processors = new Processors([1], processes(2));
  const acts = [
    { at: second, act: (p: Processors, at: number) => assert.ok(p.cancel(at, 0)) },
    { at: 2 * second, act: (p: Processors, at: number) => assert.not.ok(p.cancel(at, 0)) }
  ];
  assert.equal(ends(processors, jobs, acts), [Number.NaN, 1.5 * second]);
});

test('a process stands still while its pace is 0, and says when it goes on', () => {
  // Stopped in [1 s, 3 s).
  const pace: Pace = {
    at: t => (t >= second && t < 3 * second ? 0 : 1),
    changeAfter: t => (t < second ? second : t < 3 * second ? 3 * second : Infinity)
  };
  const jobs = [
    { at: 0, process: 0, work: 2 * second },
    { at: 0, process: 1, work: 2 * second }
  ];
  const processors = new Processors(
    [1],
    [
      { host: 0, pace },
      { host: 0, pace: null }
    ]
  );
  // Half a core each for 1 s; the second alone until 2.5 s; the first has 1.5 s left at 3 s.
  assert.equal(ends(processors, jobs), [4.5 * second, 2.5 * second]);
  const asked = new Processors([1], [{ host: 0, pace }]);
  assert.is(asked.runsFrom(0.5e9, 0), 0.5e9);
  assert.is(asked.runsFrom(2e9, 0), 3e9);
  asked.setSpeed(2e9, 0, 0);
  assert.is(asked.runsFrom(4e9, 0), Infinity);
});

test('busy processes beside a run have their equal share of the cores', () => {
  const busy = { host: 0, pace: null };
  // Alone with three others on two cores: half a core. On a host of its own: a whole one.
  const jobs = [
    { at: 0, process: 0, work: second },
    { at: 0, process: 1, work: second }
  ];
  const hosts = [
    { host: 0, pace: null },
    { host: 1, pace: null }
  ];
  assert.equal(ends(new Processors([2, 1], hosts, [busy, busy, busy]), jobs), [2e9, 1e9]);
  // Busy in [1 s, 2 s) only: half of that second is lost.
  const pace: Pace = {
    at: t => (t >= second && t < 2 * second ? 1 : 0),
    changeAfter: t => (t < second ? second : t < 2 * second ? 2 * second : Infinity)
  };
  const load = new Processors([1], processes(1), [{ host: 0, pace }]);
  assert.equal(ends(load, [{ at: 0, process: 0, work: 2 * second }]), [2.5 * second]);
  // What nobody waited for has changed all the same when somebody comes.
  const late = new Processors([1], processes(1), [{ host: 0, pace }]);
  assert.equal(ends(late, [{ at: 1.5e9, process: 0, work: second }]), [2.75 * second]);
});

test('M/G/1 under processor sharing: the mean response is that of M/M/1, whatever the law', () => {
  // Kleinrock 1976, vol. 2, section 4.4: E[T] = E[S] / (1 - rho), insensitive to the law of S. Under
  // FIFO a law of cv^2 = 4 would have 1 + 2.5 in place of 2 at rho = 0.5.
  const rho = 0.5;
  const laws = {
    constant: () => 1,
    exponential: (u: () => number) => u(),
    // Balanced means: cv^2 = 4.
    hyperexponential: (u: () => number, pick: number) => {
      const p = (1 + Math.sqrt(3 / 5)) / 2;
      return u() / (pick < p ? 2 * p : 2 * (1 - p));
    }
  };
  for (const [name, law] of Object.entries(laws)) {
    const draws = stream(nameKey(`M/G/1-PS ${name}`) >>> 0, 'arrivals');
    let at = 0;
    const jobs = Array.from({ length: lengthOf(40_000) }, () => {
      at += Math.round((draws.exponential() / rho) * 1e6);
      const work = Math.max(1, Math.round(law(draws.exponential, draws.uniform()) * 1e6));
      return { at, process: 0, work };
    });
    const times = ends(new Processors([1], processes(1)), jobs).map(
      (end, i) => (end - jobs[i]!.at) / 1e6
    );
    assertHolds(`M/G/1-PS, ${name}`, 1 / (1 - rho), batchMeans(times.slice(1000)), 0.05);
  }
});

test('M/M/2 under processor sharing has the mean response of M/M/2', () => {
  // The number present is a birth-death chain of the same rates: E[T] = 1 / (1 - rho^2) for mu = 1.
  const rho = 0.6;
  const draws = stream(nameKey('M/M/2-PS') >>> 0, 'arrivals');
  let at = 0;
  const jobs = Array.from({ length: lengthOf(40_000) }, () => {
    at += Math.round((draws.exponential() / (2 * rho)) * 1e6);
    return { at, process: 0, work: Math.max(1, Math.round(draws.exponential() * 1e6)) };
  });
  const times = ends(new Processors([2], processes(1)), jobs).map(
    (end, i) => (end - jobs[i]!.at) / 1e6
  );
  assertHolds('M/M/2-PS', 1 / (1 - rho * rho), batchMeans(times.slice(1000)), 0.03);
});

/** The same by what is left of each job, brought up to date at every event. */
function oracle(cores: number, jobs: readonly Arrival[], pace: Pace | null): number[] {
  const left = jobs.map(({ work }) => work);
  const end = jobs.map(() => Number.NaN);
  let now = 0;
  for (;;) {
    const present = jobs.flatMap(({ at }, i) => (at <= now && Number.isNaN(end[i]) ? [i] : []));
    // Process 0 has the pace, and takes no core while it is stopped.
    const speed = (i: number): number => (jobs[i]!.process === 0 ? (pace?.at(now) ?? 1) : 1);
    const running = present.filter(i => speed(i) > 0);
    const share = Math.min(1, cores / running.length);
    let next = pace === null ? Infinity : pace.changeAfter(now);
    for (const { at } of jobs) if (at > now) next = Math.min(next, at);
    let last = -1;
    for (const i of running) {
      const at = now + left[i]! / (share * speed(i));
      if (at <= next) [next, last] = [at, i];
    }
    if (present.length === 0 && jobs.every(({ at }) => at <= now)) return end;
    for (const i of running) left[i]! -= (next - now) * share * speed(i);
    if (last >= 0) end[last] = next;
    now = next;
  }
}

test('virtual time agrees with what is left of every job, to a nanosecond', () => {
  const arrival = fc.record({
    at: fc.integer({ min: 0, max: 2000 }).map(us => us * 1000),
    process: fc.nat(3),
    work: fc.integer({ min: 1, max: 1_000_000 })
  });
  const draws = fc.record({
    arrivals: fc.array(arrival, { minLength: 1, maxLength: 30 }),
    cores: fc.constantFrom(0.5, 1, 2, 3.5, 100),
    seed: fc.option(fc.nat(1000), { nil: null }),
    speed: fc.constantFrom(0, 0.3)
  });
  fc.assert(
    fc.property(
      draws,
      alike(({ arrivals, cores, seed, speed }) => {
        const jobs = arrivals.toSorted((one, other) => one.at - other.at);
        const paceAgain = (): Pace | null => {
          if (seed === null) return null;
          const [onNanos, offNanos] = [200_000, 300_000];
          const lengths = 'exponential';
          return spellPace({ seed, who: 1, what: 2, index: 0, onNanos, offNanos, lengths }, speed);
        };
        const hosts = [{ host: 0, pace: paceAgain() }, ...processes(3)];
        const found = ends(new Processors([cores], hosts), jobs);
        // More work ends nobody sooner, so that a nanosecond less and one more hold it between them: a
        // job that ends when its process is stopped may end before or after, by rounding alone.
        const off = (nanos: number): number[] =>
          oracle(
            cores,
            jobs.map(job => ({ ...job, work: Math.max(0, job.work + nanos) })),
            paceAgain()
          );
        const [least, most] = [off(-1), off(1)];
        found.forEach((end, i) => {
          const held = end >= least[i]! - 1 && end <= most[i]! + 1;
          assert.ok(held, `job ${i}: ${end}, and the oracle ${least[i]} to ${most[i]}`);
        });
        return found;
      })
    ),
    { seed: 7911, numRuns: 300, includeErrorInReport: true }
  );
});

test('work over a pace takes as long by itself as on a core of its own', () => {
  const spells = { seed: 3, who: 1, what: 2, index: 0, onNanos: 3e6, offNanos: 5e6 };
  for (const lengths of ['exponential', 'constant'] as const) {
    for (const speed of [0, 0.2, 3]) {
      const pace = (): Pace => spellPace({ ...spells, lengths }, speed);
      const jobs = Array.from({ length: 50 }, (_, i) => {
        return { at: i * 40_000_000, process: 0, work: 7_654_321, pace: pace() };
      });
      const found = ends(new Processors([1], processes(1)), jobs);
      const alone = jobs.map(({ at, work }) => at + paceNanos(pace(), at, work, second));
      assert.equal(found, alone);
    }
  }
});

test.run();

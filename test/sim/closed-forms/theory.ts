/** What theory says of runs without communication. */

/** H_n, the n-th harmonic number. */
export function harmonic(n: number): number {
  let sum = 0;
  for (let i = 1; i <= n; i++) sum += 1 / i;
  return sum;
}

/** Mean of the largest of `count` Pareto(minimum, shape) times, by its ratio of gamma functions. */
export function paretoLargest(minimum: number, shape: number, count: number): number {
  let product = minimum;
  for (let i = 1; i <= count; i++) product *= i / (i - 1 / shape);
  return product;
}

/** A closed network in the steady state: cycles a unit of time, and the time of one but for thinking. */
export interface ClosedNetwork {
  readonly throughput: number;
  readonly response: number;
}

/**
 * `customers` that think for `think` in the mean (any law) and then visit stations one after another,
 * each with a mean service time: by mean value analysis (Reiser and Lavenberg 1980), exact where the
 * stations are FIFO with exponential service or share their processor with any.
 */
export function closedNetwork(
  customers: number,
  think: number,
  stations: readonly number[]
): ClosedNetwork {
  const queues = stations.map(() => 0);
  let found = { throughput: 0, response: 0 };
  for (let n = 1; n <= customers; n++) {
    const times = stations.map((service, i) => service * (1 + queues[i]!));
    const response = times.reduce((sum, time) => sum + time, 0);
    const throughput = n / (think + response);
    for (let i = 0; i < times.length; i++) queues[i] = throughput * times[i]!;
    found = { throughput, response };
  }
  return found;
}

/** Machine repair M/M/1//N by its birth-death chain: one station (Kleinrock 1975, section 3.8). */
export function machineRepair(customers: number, think: number, service: number): ClosedNetwork {
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= customers; k++) {
    term *= (customers - k + 1) * (service / think);
    sum += term;
  }
  const throughput = (1 - 1 / sum) / service;
  return { throughput, response: customers / throughput - think };
}

/**
 * Mean wait of M/G/1 in service times (Pollaczek and Khinchine), by load and squared coefficient of
 * variation of the service: 1 for exponential, 0 for constant.
 */
export function queueWait(load: number, variation: number): number {
  return (load * (1 + variation)) / (2 * (1 - load));
}

/**
 * Iterations a unit of time of each worker under SSP with bound `bound`, when worker i takes
 * exponential times at rate `rates[i]`: the stationary law of the Markov chain of offsets to the
 * slowest clock, by power iteration of the uniformised chain.
 */
export function sspRate(bound: number, rates: readonly number[]): number {
  const states = [rates.map(() => 0)];
  const index = new Map([[states[0]!.join(), 0]]);
  /** By state: (rate, next state) of everybody who computes. */
  const moves: [number, number][][] = [];
  for (let state = 0; state < states.length; state++) {
    const offsets = states[state]!;
    moves.push(
      offsets.flatMap((offset, worker): [number, number][] => {
        if (offset > bound) return [];
        const ahead = offsets.map((other, i) => other + (i === worker ? 1 : 0));
        const slowest = Math.min(...ahead);
        const next = ahead.map(other => other - slowest);
        let target = index.get(next.join());
        if (target === undefined) {
          target = states.push(next) - 1;
          index.set(next.join(), target);
        }
        return [[rates[worker]!, target]];
      })
    );
  }
  const law = stationary(
    moves,
    rates.reduce((sum, rate) => sum + rate, 0)
  );
  let total = 0;
  law.forEach((probability, state) => {
    for (const [rate] of moves[state]!) total += probability * rate;
  });
  return total / rates.length;
}

function stationary(
  moves: readonly (readonly (readonly [number, number])[])[],
  most: number
): number[] {
  let law = moves.map(() => 1 / moves.length);
  for (let round = 0; round < 100_000; round++) {
    const next = moves.map(() => 0);
    law.forEach((probability, state) => {
      let stay = probability;
      for (const [rate, target] of moves[state]!) {
        const moved = (probability * rate) / most;
        next[target]! += moved;
        stay -= moved;
      }
      next[state]! += stay;
    });
    const change = next.reduce((sum, probability, i) => sum + Math.abs(probability - law[i]!), 0);
    law = next;
    if (change < 1e-13) return law;
  }
  throw new Error('the chain does not settle');
}

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

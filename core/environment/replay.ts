import { uniformAt } from '../random.ts';
import { MEASURED } from './keys.ts';

/**
 * Lists replayed: worker w has list w mod L of the L lists, iteration c its entry c mod length; workers
 * from L on enter their list at a place drawn by the seed.
 */
export function replay(
  lists: readonly (readonly number[])[],
  seed: number
): (worker: number, clock: number) => number {
  return (worker, clock) => {
    // Invariant: schemas demand one list at least, and one entry at least in each.
    const list = lists[worker % lists.length]!;
    const shared = worker >= lists.length;
    const entry = shared ? Math.floor(uniformAt(seed, worker, 0, MEASURED, 0) * list.length) : 0;
    return list[(entry + clock) % list.length]!;
  };
}

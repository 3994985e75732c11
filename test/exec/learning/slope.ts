/** The gradient of a problem, held against its loss. */
import { stream } from '../../../core/random.ts';
import { allKeys } from '../../../core/tensors.ts';
import type { Batch, Problem } from '../../../exec/learning/problem.ts';

/** Slope of the loss along a random direction, in the params of one tensor. */
export interface Slope {
  readonly tensor: string;
  /** Of the gradient: its product with the direction. */
  readonly claimed: number;
  /** Of the loss: a central difference. */
  readonly measured: number;
}

/** The slopes of every tensor at `params`, all keys of them; `length` is that of a step. */
export async function slopes(
  problem: Problem,
  params: Float32Array,
  batch: Batch,
  length: number
): Promise<Slope[]> {
  const { values } = await problem.gradient(params, allKeys, batch);
  const found: Slope[] = [];
  for (const { name, begin, end } of problem.layout.tensors) {
    const random = stream(3, 'direction', name);
    const direction = new Float32Array(params.length);
    for (let key = begin; key < end; key++) direction[key] = random.uniform() < 0.5 ? -1 : 1;
    // The shorter in each param the more there are: with a longer one a ReLU would change sides.
    const step = length / Math.sqrt(end - begin);
    const at = async (distance: number): Promise<number> => {
      const moved = params.map((value, key) => value + distance * direction[key]!);
      return (await problem.gradient(moved, allKeys, batch)).loss;
    };
    let claimed = 0;
    for (let key = begin; key < end; key++) claimed += values[key]! * direction[key]!;
    found.push({
      tensor: name,
      claimed,
      measured: ((await at(step)) - (await at(-step))) / (2 * step)
    });
  }
  return found;
}

/** What differs by more than `tolerance`, of the slope or of 0.05, whichever is more. */
export function wrong(found: readonly Slope[], tolerance: number): string[] {
  return found
    .filter(({ claimed, measured }) => {
      return !(Math.abs(claimed - measured) <= tolerance * Math.max(0.05, Math.abs(claimed)));
    })
    .map(({ tensor, claimed, measured }) => `${tensor}: ${claimed} claimed, ${measured} measured`);
}

/** Random models, assignments and key sets for property tests. */
import * as fc from 'fast-check';
import { type Assignment, assign, shardingStrategies, unitCount } from '../../core/sharding.ts';
import { allKeys, type KeyRange, type KeySet, type Layout, layout } from '../../core/tensors.ts';

/** Models of 1 to 6 tensors; sparse ones share a row width, as the rows of one key set do. */
export const layouts: fc.Arbitrary<Layout> = fc
  .record({
    width: fc.integer({ min: 2, max: 9 }),
    tensors: fc.array(fc.record({ rows: fc.boolean(), first: fc.integer({ min: 1, max: 40 }) }), {
      minLength: 1,
      maxLength: 6
    })
  })
  .map(({ width, tensors }) =>
    layout(
      tensors.map(({ rows, first }, index) => ({
        name: `t${index}`,
        shape: rows ? [first, width] : [first],
        rows
      }))
    )
  );

/** A model sharded in a random way. */
export const shardings: fc.Arbitrary<{ model: Layout; assignment: Assignment }> = layouts.chain(
  model =>
    fc
      .record({
        servers: fc.integer({ min: 1, max: Math.min(12, unitCount(model)) }),
        strategy: fc.constantFrom(...shardingStrategies),
        heat: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 40, maxLength: 40 })
      })
      .map(({ servers, strategy, heat }) => ({
        model,
        assignment: assign(model, servers, strategy, heatOfRows(model, heat))
      }))
);

/** Update frequencies for the sparse tensors of a model, from at least 40 numbers. */
export function heatOfRows(model: Layout, heat: readonly number[]): Map<string, readonly number[]> {
  const sparse = model.tensors.filter(tensor => tensor.rows);
  return new Map(sparse.map(({ name, shape }) => [name, heat.slice(0, shape[0])]));
}

/** Key sets of a model: all, or ranges of dense tensors and rows of sparse ones. */
export function keySets(model: Layout): fc.Arbitrary<KeySet> {
  const some = fc
    .array(fc.boolean(), { minLength: model.size, maxLength: model.size })
    .map(chosen => chooseKeys(model, chosen));
  return fc.oneof(fc.constant(allKeys), some);
}

function chooseKeys(model: Layout, chosen: readonly boolean[]): KeySet {
  const ranges: KeyRange[] = [];
  const rows: number[] = [];
  let width = 1;
  for (const tensor of model.tensors) {
    if (tensor.rows) width = tensor.unit;
    for (let key = tensor.begin; key < tensor.end; key += tensor.unit) {
      if (!chosen[key]) continue;
      const last = ranges.at(-1);
      if (tensor.rows) rows.push(key);
      else if (last?.end === key) ranges[ranges.length - 1] = { begin: last.begin, end: key + 1 };
      else ranges.push({ begin: key, end: key + 1 });
    }
  }
  return { kind: 'some', ranges, rows: Uint32Array.from(rows), width };
}

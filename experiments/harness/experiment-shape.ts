/** The shape of what an experiment file gives to `experiment`: no compiler looks at it before a run. */
import { z } from 'zod';
import { checked } from '../../core/checked.ts';
import { expected } from '../../core/expected.ts';
import type { Experiment } from './experiment.ts';
import { plotNames } from './plots/catalogue.ts';

const config = expected('fields of a configuration', '{ workers: 4 }');
const fields = z.record(z.string(), z.unknown(), config);
const labelled = expected('values by label', '{ slow: { workers: 4 }, fast: { workers: 8 } }');

const seeds = z.union([z.int().min(1), z.array(z.int().min(0).max(0xffffffff)).min(1)], {
  error: 'how many seeds, from 1 up, or a list of them: 3 or [7, 8]'
});

const ShapeSchema = z.strictObject({
  question: z.string().min(1),
  expect: z
    .strictObject({
      answer: z.string(),
      check: z.custom(value => typeof value === 'function', 'a function of the results is right')
    })
    .nullable()
    .optional(),
  base: fields,
  sweep: z
    .record(
      z.string(),
      z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())], {
        error: 'a list of values, or labels with values, is right'
      }),
      expected('values by field', "{ consistency: ['bsp', 'asp'] }")
    )
    .optional(),
  variants: z
    .record(
      z.string(),
      z.record(z.string(), fields, labelled),
      expected('axes by name', '{ size: { small: { workers: 4 } } }')
    )
    .optional(),
  seeds,
  plots: z.array(z.enum(plotNames)).optional()
});

/** A line for each thing that is wrong with the shape of an experiment. */
export function shapeMisfits(experiment: Experiment): readonly string[] {
  return checked(ShapeSchema, experiment, 'experiment').lines ?? [];
}

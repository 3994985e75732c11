/** The consistency models there are. A new built-in one is its file and one line here. */
import { type Configured, Registry } from '../registry.ts';
import { aspModel } from './asp.ts';
import { bspModel } from './bsp.ts';
import type { ConsistencyModel } from './model.ts';
import { sspModel } from './ssp.ts';

/** All consistency models, by kind. */
export const consistencyModels = new Registry<ConsistencyModel<Configured>>('consistency model', [
  bspModel,
  sspModel,
  aspModel
] as readonly ConsistencyModel<Configured>[]);

/** Configuration of any model, `{ kind: 'ssp', bound: 4, scale: 'mean' }`, or its short form. */
export const ConsistencySchema = consistencyModels.schema();
export type ConsistencyConfig = Configured;

/**
 * Models, problems and data sets of one's own, as modules of the project. In `my-model.ts`:
 *
 *   export default defineModel<{ width: number }>(({ tf, options, data }) => ({
 *     tensors: { weight: { shape: [784, options.width], initial: glorot(784, options.width) }, ... },
 *     predict: ({ weight }, features) => tf.matMul(tf.reshape(features, [-1, 784]), weight)
 *   }));
 *
 * and in the experiment `custom({ module: 'my-model.ts', options: { width: 10 }, data: mnist() })`.
 */
import type { ProblemOf, SplitConfig } from '../../core/config/problem.ts';
import type { Tf } from '../backends/tf.ts';
import { importUserModule } from '../user-module.ts';
import type { Dataset } from './dataset.ts';
import type { Model } from './model.ts';
import type { Problem, ProblemContext } from './problem.ts';

/** Loads a module by its path from the project's root. */
export type LoadModule = (path: string) => Promise<Readonly<Record<string, unknown>>>;

/** Loads TypeScript and JavaScript of the project. */
export const importModule: LoadModule = importUserModule;

/** Options as the configuration has them: JSON, which the module may check. */
export type ModuleOptions = object;

/** What a model is made from. */
export interface ModelContext<Options> {
  readonly tf: Tf;
  readonly options: Options;
  readonly seed: number;
  /** The data set of the configuration, or null. */
  readonly data: Dataset | null;
}

/** A model, with its data set if the configuration names none. */
export type OwnModel<Name extends string> = Model<Name> & {
  readonly data?: { readonly dataset: Dataset; readonly split: SplitConfig };
};

export interface ModelDefinition {
  readonly form: 'model';
  create(context: ModelContext<never>): OwnModel<string> | Promise<OwnModel<string>>;
}

export interface ProblemDefinition {
  readonly form: 'problem';
  create(options: never, context: ProblemContext): Problem | Promise<Problem>;
}

export interface DatasetDefinition {
  readonly form: 'dataset';
  create(context: { options: never; seed: number }): Dataset | Promise<Dataset>;
}

/** A model in tfjs: tensors and predictions; gradients come from autodiff. */
export function defineModel<Options extends ModuleOptions, Name extends string = string>(
  create: (context: ModelContext<Options>) => OwnModel<Name> | Promise<OwnModel<Name>>
): ModelDefinition {
  return { form: 'model', create: create as unknown as ModelDefinition['create'] };
}

/** Anything that has a gradient, in plain TypeScript or otherwise: see `Problem`. */
export function defineProblem<Options extends ModuleOptions>(
  create: (options: Options, context: ProblemContext) => Problem | Promise<Problem>
): ProblemDefinition {
  return { form: 'problem', create };
}

/** A data set: see `Dataset`. It must be the same whenever it is made of the same options and seed. */
export function defineDataset<Options extends ModuleOptions>(
  create: (context: { options: Options; seed: number }) => Dataset | Promise<Dataset>
): DatasetDefinition {
  return { form: 'dataset', create };
}

type Definition = ModelDefinition | ProblemDefinition | DatasetDefinition;
type DefinitionOf<Form extends Definition['form']> = Extract<Definition, { form: Form }>;

/** Where a definition is exported. */
export interface ExportName {
  readonly module: string;
  readonly export: string;
}

/** A definition of one of these forms. Throws when the module exports no such thing. */
export async function loadExport<Form extends Definition['form']>(
  { module, export: name }: ExportName,
  forms: readonly Form[],
  loadModule: LoadModule
): Promise<DefinitionOf<Form>> {
  const exported = await loadModule(module);
  const value = exported[name];
  if (value === undefined) {
    const names = Object.keys(exported).join(', ');
    throw new Error(`${module} has no export "${name}"; it has ${names === '' ? 'none' : names}`);
  }
  if (isDefinition(value, forms)) return value;
  const makers = forms.map(form => `define${form[0]!.toUpperCase()}${form.slice(1)}`).join(' or ');
  throw new Error(`"${name}" of ${module} is not made by ${makers}`);
}

function isDefinition<Form extends Definition['form']>(
  value: unknown,
  forms: readonly Form[]
): value is DefinitionOf<Form> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'form' in value &&
    forms.some(form => form === value.form) &&
    'create' in value &&
    typeof value.create === 'function'
  );
}

/** Makes the problem that a user's module describes. */
export async function moduleProblem(
  config: ProblemOf<'module'>,
  context: ProblemContext,
  loadModule: LoadModule
): Promise<Problem> {
  const definition = await loadExport(config, ['model', 'problem'], loadModule);
  if (definition.form === 'problem') return definition.create(config.options as never, context);
  const { openBackend } = await import('../backends/backend.ts');
  const { openDataset } = await import('./models.ts');
  const { tensorProblem } = await import('./tensor-problem.ts');
  const backend = context.backend ?? (await openBackend(null));
  const { seed } = context;
  const named = config.data === null ? null : await openDataset(config.data, seed, loadModule);
  const own = { tf: backend.tf, options: config.options as never, seed, data: named };
  const model = await definition.create(own);
  const data = named ?? model.data?.dataset;
  const split = config.data?.split ?? model.data?.split;
  if (data === undefined || split === undefined) {
    throw new Error(
      `"${config.export}" of ${config.module} brings no data, and none is configured`
    );
  }
  return tensorProblem({ model, data, split }, context, backend);
}

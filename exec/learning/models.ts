/** The models in tfjs that a configuration can name, each with its data. */
import type { DataConfig, ProblemOf } from '../../core/config/problem.ts';
import { openBackend } from '../backends/backend.ts';
import type { Tf } from '../backends/tf.ts';
import { checkDataset, type Dataset, labelWidth } from './dataset.ts';
import type { Model } from './model.ts';
import { type LoadModule, loadExport } from './modules.ts';
import type { Problem, ProblemContext } from './problem.ts';
import { tensorProblem } from './tensor-problem.ts';

type ModelConfig = ProblemOf<'softmax' | 'mlp' | 'cnn' | 'embedding'>;

/** Makes the problem of a model of ours. Opens the preferred backend when none is given. */
export async function modelProblem(
  config: ModelConfig,
  context: ProblemContext,
  loadModule: LoadModule
): Promise<Problem> {
  const backend = context.backend ?? (await openBackend(null));
  const data = await modelData(config, context.seed, loadModule);
  const split = config.kind === 'embedding' ? config.split : config.data.split;
  const model = await makeModel(config, data, backend.tf);
  return tensorProblem({ model, data, split }, context, backend);
}

/** The data set of a configuration. */
export async function openDataset(
  config: DataConfig,
  seed: number,
  loadModule: LoadModule
): Promise<Dataset> {
  if (config.kind === 'mnist') return (await import('./mnist.ts')).readMnist(config);
  const definition = await loadExport(config, ['dataset'], loadModule);
  const name = `${config.export} of ${config.module}`;
  return checkDataset(await definition.create({ options: config.options as never, seed }), name);
}

/** The data of a model: what the configuration names, or for the embedding what the seed makes. */
async function modelData(
  config: ModelConfig,
  seed: number,
  loadModule: LoadModule
): Promise<Dataset> {
  if (config.kind !== 'embedding') return openDataset(config.data, seed, loadModule);
  return (await import('./token-bags.ts')).tokenBags(config, seed);
}

async function makeModel(config: ModelConfig, data: Dataset, tf: Tf): Promise<Model> {
  const outputs = labelWidth(data.labels);
  switch (config.kind) {
    case 'softmax':
    case 'mlp': {
      const inputs = data.shape.reduce((product, dimension) => product * dimension, 1);
      const hidden = config.kind === 'mlp' ? config.hidden : [];
      return (await import('./perceptron.ts')).perceptron(tf, [inputs, ...hidden, outputs]);
    }
    case 'cnn': {
      const { convolutional } = await import('./convolutional.ts');
      return convolutional(tf, { image: data.shape, filters: config.filters, classes: outputs });
    }
    case 'embedding':
      return (await import('./bag-embedding.ts')).bagEmbedding(tf, config);
  }
}

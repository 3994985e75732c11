/** Synthetic bags of tokens with a class each: data for the embedding model. */
import type { ProblemOf } from '../../core/config/problem.ts';
import { type Stream, stream } from '../../core/random.ts';
import { checkDataset, type Dataset, type Samples } from './dataset.ts';
import { zipf } from './zipf.ts';

/**
 * A share `signal` of a sample's tokens is drawn from those of its class (the tokens that leave the
 * class as remainder), the others from all; both by Zipf's law, as words are.
 */
export function tokenBags(config: ProblemOf<'embedding'>, seed: number): Dataset {
  const { vocabulary, classes, tokens } = config;
  if (vocabulary < classes) {
    throw new Error(`a vocabulary of ${vocabulary} cannot tell ${classes} classes apart`);
  }
  const common = zipf(vocabulary, config.skew);
  const telling = zipf(Math.floor(vocabulary / classes), config.skew);
  const draw = (random: Stream, count: number): Samples => {
    const features = new Int32Array(count * tokens);
    const labels = new Int32Array(count);
    for (let sample = 0; sample < count; sample++) {
      const label = random.integer(classes);
      labels[sample] = label;
      for (let token = 0; token < tokens; token++) {
        const tells = random.uniform() < config.signal;
        const uniform = random.uniform();
        features[sample * tokens + token] = tells
          ? telling(uniform) * classes + label
          : common(uniform);
      }
    }
    return { count, features, labels };
  };
  return checkDataset(
    {
      shape: [tokens],
      features: { kind: 'index' },
      labels: { kind: 'class', classes },
      train: draw(stream(seed, 'tokens', 'train'), config.samples),
      test: draw(stream(seed, 'tokens', 'test'), config.test)
    },
    'token bags'
  );
}

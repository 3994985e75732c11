/** Loss and accuracy of a test set, added up over its parts. */
import type { Dataset } from './dataset.ts';
import { labelWidth } from './dataset.ts';
import type { Evaluation } from './problem.ts';

export class Score {
  readonly #labels: Dataset['labels'];
  #samples = 0;
  #loss = 0;
  #correct = 0;

  constructor(labels: Dataset['labels']) {
    this.#labels = labels;
  }

  /** Adds `count` samples: their mean loss, their predictions and their labels (one-hot for classes). */
  add(count: number, loss: number, predicted: ArrayLike<number>, labels: Float32Array): void {
    this.#samples += count;
    this.#loss += loss * count;
    if (this.#labels.kind === 'number') return;
    const width = labelWidth(this.#labels);
    for (let i = 0; i < count; i++) {
      if (labels[i * width + largest(predicted, i * width, width)] === 1) this.#correct += 1;
    }
  }

  evaluation(): Evaluation {
    const accuracy = this.#labels.kind === 'class' ? this.#correct / this.#samples : null;
    return { loss: this.#loss / this.#samples, accuracy };
  }
}

/** Index of the first of the largest of `width` values from `begin`. */
function largest(values: ArrayLike<number>, begin: number, width: number): number {
  let best = 0;
  for (let i = 1; i < width; i++) if (values[begin + i]! > values[begin + best]!) best = i;
  return best;
}

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceVariables } from '../../../exec/launch/gpu-choice.ts';

const gpuChoice = suite('gpu choice');

const shown = (id: 'c' | `w${number}`, environment: Record<string, string>, gpus: number) =>
  deviceVariables(id, environment, gpus)['CUDA_VISIBLE_DEVICES'];

gpuChoice('ranks are dealt out over the GPUs of a machine', () => {
  assert.equal(
    (['w0', 'w1', 'w2', 'w3', 'c'] as const).map(id => shown(id, {}, 2)),
    ['0', '1', '0', '1', '0']
  );
});

gpuChoice('of GPUs that are named, only those are used', () => {
  const environment = { CUDA_VISIBLE_DEVICES: '4,6' };
  assert.equal(
    (['w0', 'w1', 'w2'] as const).map(id => shown(id, environment, 8)),
    ['4', '6', '4']
  );
});

gpuChoice('where there is no choice, nothing is said', () => {
  assert.is(shown('w1', {}, 0), undefined);
  assert.is(shown('w1', {}, 1), undefined);
  assert.is(shown('w1', { CUDA_VISIBLE_DEVICES: '3' }, 8), undefined);
  assert.is(shown('w1', { CUDA_VISIBLE_DEVICES: '' }, 8), undefined);
});

gpuChoice.run();

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BackendError,
  backendNames,
  isBackendName,
  openBackend
} from '../../../exec/backends/backend.ts';
import { unless } from '../../skip.ts';
import { present, tested } from './present.ts';

const test = suite('backends');

const handlers = (): number =>
  process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
const handlersBefore = handlers();
const wasm = await openBackend('wasm');
const handlersAfter = handlers();

test('wasm and cpu are always there, and say what they are', async () => {
  for (const name of ['wasm', 'cpu'] as const) {
    const backend = await openBackend(name);
    assert.is(backend.name, name);
    assert.is(backend.version, '4.22.0');
    assert.is(backend.device, 'cpu');
    assert.is(backend.threads, '1');
    assert.is(backend.tf, wasm.tf);
  }
});

test('wasm and cpu show the values of a tensor without waiting', async () => {
  for (const name of ['wasm', 'cpu'] as const) {
    const { activate, peek, tf } = await openBackend(name);
    activate();
    const tensors = [tf.square([1, 2, 3]), tf.square(4)];
    const [vector, scalar] = tensors.map(peek!);
    assert.equal([...vector!], [1, 4, 9], name);
    assert.equal([...scalar!], [16], name);
    tf.dispose(tensors);
  }
});

test('starting wasm leaves the errors of the process alone', () => {
  assert.is(handlersAfter, handlersBefore);
});

test('operations run on the backend that was activated last', async () => {
  const cpu = await openBackend('cpu');
  for (const [backend, name] of [
    [wasm, 'wasm'],
    [cpu, 'cpu'],
    [wasm, 'wasm']
  ] as const) {
    backend.activate();
    assert.is(backend.tf.getBackend(), name);
    assert.equal([...backend.tf.square([1, 2, 3]).dataSync()], [1, 4, 9]);
  }
});

test('opening one twice, or several at once, is opening each once', async () => {
  const opened = await Promise.all(['cpu', 'wasm', 'cpu'].map(name => openBackend(name as 'cpu')));
  assert.is(opened[0], opened[2]);
  assert.is(opened[1], wasm);
});

test('without a name the first that loads is taken', async () => {
  const backend = await openBackend(null);
  for (const name of backendNames) {
    if (name === backend.name) return;
    const other = (await present(name)).backend;
    // WebGPU without a GPU is passed over.
    assert.ok(other === null || (name === 'webgpu' && other.device === 'cpu'), name);
  }
});

test('names come from a list', async () => {
  assert.ok(isBackendName('wasm'));
  assert.not(isBackendName('cuda'));
  try {
    await openBackend('cuda' as 'cpu');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BackendError);
    assert.match(String(error), /unknown backend "cuda"; there are tfjs-node-gpu, webgpu/);
  }
});

for (const name of tested.filter(name => name === 'tfjs-node-gpu' || name === 'webgpu')) {
  const { backend, missing } = await present(name);
  unless(test, missing)(`${name} says what it runs on`, async () => {
    assert.is(backend!.version, '4.22.0');
    assert.is(backend!.peek !== null, name === 'tfjs-node-gpu');
    assert.ok(['cpu', 'gpu'].includes(backend!.device));
    backend!.activate();
    const values = await backend!.tf.square([1, 2, 3]).data();
    assert.equal([...values], [1, 4, 9]);
  });
  if (missing !== null) {
    test(`${name} that is not there says how to get it`, () => {
      assert.match(missing, /npm (run native|install)|needs a driver/);
    });
  }
}

test.run();

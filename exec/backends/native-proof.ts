/** Opens the native backend and checks a product and a gradient: run by `npm run native`. */
import { openBackend } from './backend.ts';
import { loadGradients } from './tf.ts';

const backend = await openBackend('tfjs-node-gpu');
await loadGradients();
const { tf } = backend;
const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
const product = tf.matMul(a, a).dataSync().join();
// The derivative of the sum of squares is twice the argument.
const gradient = tf
  .grad(x => tf.sum(tf.square(x)))(a)
  .dataSync()
  .join();
if (product !== '7,10,15,22') throw new Error(`[1 2; 3 4] squared came out as ${product}`);
if (gradient !== '2,4,6,8') throw new Error(`the gradient of a sum of squares is ${gradient}`);
console.log(`${backend.name} ${backend.version} computes on the ${backend.device}`);

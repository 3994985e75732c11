import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stream } from '../../core/random.ts';
import { EventQueue } from '../../sim/event-queue.ts';
import { OrderedQueue } from '../../sim/ordered-queue.ts';
import { alike } from '../twice.ts';

const test = suite('ordered queue');

test('an empty queue has an infinite time', () => {
  const queue = new OrderedQueue();
  assert.is(queue.time, Infinity);
  assert.is(queue.pop(), -1);
});

test('events come out as out of an event queue, whether they go in by their times or not', () => {
  const check = alike((seed: number) => {
    const random = stream(seed, 'ordered queue');
    const [queue, plain] = [new OrderedQueue(), new EventQueue()];
    const inOrder = random.uniform();
    const popped: number[] = [];
    let waiting = 0;
    let now = 0;
    for (let event = 0; event < 4000; event++) {
      // Few different times, so that ties are common; waves, so that the ring wraps and grows.
      const time = now + (random.uniform() < inOrder ? 20 : random.integer(20));
      queue.push(time, event);
      plain.push(time, event);
      waiting += 1;
      const wave = event % 1000 < 500 ? 0.3 : 1.5;
      for (let draw = random.uniform() * 2; waiting > 0 && draw < wave; draw += 0.5) {
        assert.is(queue.time, plain.time, `time, seed ${seed}`);
        now = plain.time;
        const first = plain.pop();
        assert.is(queue.pop(), first, `event, seed ${seed}`);
        popped.push(first);
        waiting -= 1;
      }
    }
    for (; waiting > 0; waiting--) assert.is(queue.pop(), plain.pop(), `the rest, seed ${seed}`);
    return popped;
  });
  for (let seed = 1; seed <= 12; seed++) check(seed);
});

test.run();

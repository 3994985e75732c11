import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stream } from '../../core/random.ts';
import { EventQueue } from '../../sim/event-queue.ts';
import { alike } from '../twice.ts';

const test = suite('event queue');

test('an empty queue has no first event and an infinite time', () => {
  const queue = new EventQueue();
  assert.is(queue.size, 0);
  assert.is(queue.time, Infinity);
  assert.is(queue.first, -1);
  assert.is(queue.pop(), -1);
});

test('events of one instant come out in the order in which they went in', () => {
  const queue = new EventQueue();
  for (let event = 0; event < 100; event++) queue.push(event % 3, event);
  const order = drain(queue).map(([, event]) => event);
  const expected = [0, 1, 2].flatMap(time => range(100).filter(event => event % 3 === time));
  assert.equal(order, expected);
});

test('an event pushed at the current instant comes after those that already wait there', () => {
  const queue = new EventQueue();
  queue.push(5, 1);
  queue.push(5, 2);
  queue.pop();
  queue.push(5, 3);
  assert.equal(drain(queue), [
    [5, 2],
    [5, 3]
  ]);
});

test('the queue grows past its first capacity', () => {
  const queue = new EventQueue(1);
  for (let event = 0; event < 1000; event++) queue.push(1000 - event, event);
  assert.is(queue.size, 1000);
  assert.equal(
    drain(queue).map(([, event]) => event),
    range(1000).map(event => 999 - event)
  );
});

test('a cleared queue starts again and keeps its order of ties', () => {
  const queue = new EventQueue();
  queue.push(1, 1);
  queue.clear();
  assert.is(queue.time, Infinity);
  queue.push(7, 2);
  queue.push(7, 3);
  assert.equal(drain(queue), [
    [7, 2],
    [7, 3]
  ]);
});

test('random pushes and pops agree with a sorted list', () => {
  const check = alike((seed: number) => {
    const random = stream(seed, 'event queue');
    const order: number[] = [];
    const queue = new EventQueue(4);
    let waiting: { time: number; sequence: number; event: number }[] = [];
    for (let sequence = 0; sequence < 3000; sequence++) {
      // Few different times, so that ties are common.
      const time = random.integer(50);
      const event = random.integer(1e9);
      queue.push(time, event);
      waiting.push({ time, sequence, event });
      if (random.uniform() < 0.48) {
        waiting.sort((a, b) => a.time - b.time || a.sequence - b.sequence);
        const first = waiting[0]!;
        waiting = waiting.slice(1);
        assert.is(queue.time, first.time, `time, seed ${seed}`);
        assert.is(queue.first, first.event, `first, seed ${seed}`);
        assert.is(queue.pop(), first.event, `event, seed ${seed}`);
        order.push(first.time, first.event);
      }
      assert.is(queue.size, waiting.length, `size, seed ${seed}`);
    }
    return [...order, ...drain(queue).flat()];
  });
  for (let seed = 1; seed <= 5; seed++) check(seed);
});

/** Pops everything: [time, event] pairs in order. */
function drain(queue: EventQueue): [number, number][] {
  const order: [number, number][] = [];
  while (queue.size > 0) order.push([queue.time, queue.pop()]);
  return order;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

test.run();

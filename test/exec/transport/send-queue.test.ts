import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SendQueue } from '../../../exec/transport/send-queue.ts';

const sendQueue = suite('send queue');

const all = Number.MAX_SAFE_INTEGER;

function frame(sequence: number, ...lengths: number[]) {
  const parts = lengths.map(length => new Uint8Array(length).fill(sequence));
  return { parts, bytes: lengths.reduce((sum, length) => sum + length, 0), sequence };
}

function drained(queue: SendQueue, limit: number): number[] {
  const order: number[] = [];
  for (let next = queue.take(limit); next !== null; next = queue.take(limit)) {
    if (next.begins !== null) order.push(next.begins);
  }
  return order;
}

sendQueue('lower priorities leave first, equal ones in order', () => {
  const queue = new SendQueue();
  [2, 0, 1, 0, 2, 1].forEach((priority, sequence) => {
    queue.add(frame(sequence, 10), priority);
  });
  assert.is(queue.bytes, 60);
  assert.equal(drained(queue, all), [1, 3, 2, 5, 0, 4]);
  assert.is(queue.bytes, 0);
});

sendQueue('a frame that has begun to leave is finished first, in chunks of its parts', () => {
  const queue = new SendQueue();
  queue.add(frame(0, 24, 100), 1);
  const first = queue.take(40)!;
  assert.equal(
    first.parts.map(part => part.length),
    [24, 16]
  );
  assert.is(first.ends, false);
  queue.add(frame(1, 8), 0);
  const second = queue.take(1000)!;
  assert.equal(
    second.parts.map(part => part.length),
    [84]
  );
  assert.is(second.begins, null);
  assert.is(second.ends, true);
  assert.is(queue.take(1000)?.begins, 1);
});

sendQueue('thousands of frames leave in order and give their places back', () => {
  const queue = new SendQueue();
  for (let sequence = 0; sequence < 5000; sequence++) queue.add(frame(sequence, 1), 3);
  assert.equal(
    drained(queue, all),
    Array.from({ length: 5000 }, (_, sequence) => sequence)
  );
});

sendQueue.run();

/** What a worker is told of its contributions, once and again. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Settlement } from '../../../core/message.ts';
import { Fates } from '../../../core/shard/fates.ts';

const test = suite('fates');

const applied = (clock: number): Settlement => ({
  clock,
  fate: 'applied',
  weight: 1,
  staleness: 0
});

test('a fate is told once', () => {
  const fates = new Fates();
  fates.settle(0, applied(3));
  fates.settle(1, applied(2));
  assert.equal(fates.tell(0), [applied(3)]);
  assert.equal(fates.tell(0), []);
  assert.equal(fates.tell(1), [applied(2)]);
});

test('it is told again to a worker that asks again, before what has come since', () => {
  const fates = new Fates();
  fates.settle(0, applied(3));
  fates.tell(0);
  fates.settle(0, applied(4));
  fates.repeat(0);
  assert.equal(fates.tell(0), [applied(3), applied(4)]);
});

test('several that were told at once are told again at once, and to nobody else', () => {
  const fates = new Fates(1);
  const dropped = { clock: 4, fate: 'dropped', weight: 0, staleness: 0 } as const;
  fates.settle(7, { ...applied(3), weight: 0.1, staleness: 9 });
  fates.settle(7, dropped);
  const told = fates.tell(7);
  fates.repeat(7);
  fates.repeat(8);
  assert.equal(fates.tell(7), told);
  assert.equal(fates.tell(8), []);
  fates.settle(7, { ...applied(5), weight: 0.1, staleness: 9 });
  const one = fates.tell(7);
  fates.repeat(7);
  assert.equal(fates.tell(7), one);
});

test('a new push shows that the latest answer has been heard', () => {
  const fates = new Fates();
  fates.settle(0, applied(3));
  fates.tell(0);
  fates.heard(0);
  fates.repeat(0);
  assert.equal(fates.tell(0), []);
});

test('nothing is told of the forgotten', () => {
  const fates = new Fates();
  fates.settle(0, applied(3));
  fates.tell(0);
  fates.settle(0, applied(4));
  fates.forget(0);
  fates.repeat(0);
  assert.equal(fates.tell(0), []);
});

test.run();

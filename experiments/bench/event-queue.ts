import { EventQueue } from '../../sim/event-queue.ts';
import type { Measurement } from '../harness/bench.ts';

const operations = 2_000_000;
const delayNanosMax = 1_000_000;

/**
 * The hold model: pop the first event, push one later; the number of pending events stays. This is
 * what a simulator does to its queue (Jones, "An empirical comparison of priority-queue and
 * event-set implementations", CACM 1986).
 */
export async function bench(): Promise<readonly Measurement[]> {
  return [
    { ...hold(1000), name: 'event queue, hold at 1,000 pending' },
    { ...hold(100_000), name: 'event queue, hold at 100,000 pending', target: '>= 3' }
  ];
}

function hold(pending: number): { value: number; unit: string } {
  const queue = new EventQueue();
  // A linear congruential generator: a draw costs a nanosecond, so that the queue is what is timed.
  let state = 12345;
  const delay = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % delayNanosMax;
  };
  for (let event = 0; event < pending; event++) queue.push(delay(), event);
  let best = 0;
  for (let repetition = 0; repetition < 3; repetition++) {
    const start = performance.now();
    for (let operation = 0; operation < operations; operation++) {
      const time = queue.time;
      queue.push(time + delay(), queue.pop());
    }
    best = Math.max(best, operations / (performance.now() - start) / 1000);
  }
  return { value: best, unit: 'million operations/s' };
}

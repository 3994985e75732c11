/**
 * Runs driven by hand in a random order: any session's next message, evaluation's out of turn, any
 * computation's end, sessions cut and made again. Whatever the order, a run must come to its end.
 */
import * as assert from 'uvu/assert';
import { trafficClass } from '../../core/message.ts';
import type { Job, NodeId, Result } from '../../core/node.ts';
import type { Stream } from '../../core/random.ts';
import type { RunSetup } from '../../core/setup.ts';
import { type Flight, HandDriver, type HandObserver } from '../hand-driver.ts';

/** No run of a test is longer; one that is goes round in circles. */
const stepsMax = 200_000;

export interface ScheduleOptions {
  readonly compute: (job: Job) => Result;
  readonly observer: HandObserver;
  /** Probability that a step cuts a session. */
  readonly cuts: number;
  /** Ends the run before its own end. */
  readonly until?: () => boolean;
  /** Does what else may happen to a run, before each step; `still`: nothing is left to happen. */
  readonly disturb?: (driver: HandDriver, still: boolean) => void;
}

/** Runs to the end, and returns the driver as it is then. Fails when the nodes wait for nothing. */
export function runAtRandom(setup: RunSetup, chance: Stream, options: ScheduleOptions): HandDriver {
  const driver = new HandDriver(setup, options.observer);
  const down: (readonly [NodeId, NodeId])[] = [];
  const pick = <T>(list: readonly T[]): T => list[chance.integer(list.length)]!;
  for (let steps = 0; driver.running.length > 0 && options.until?.() !== true; steps++) {
    assert.ok(steps < stepsMax, 'the run comes to its end');
    // Once somebody has stopped, sessions that end are no accident any more.
    const halting = driver.running.length < driver.nodes.length;
    if (!halting && chance.uniform() < options.cuts) {
      const sessions = driver.sessions;
      if (sessions.length > 0) {
        const session = pick(sessions);
        driver.cut(...session);
        down.push(session);
      }
      continue;
    }
    options.disturb?.(driver, driver.flights.length + driver.computations.length === 0);
    const flights = deliverable(driver.flights);
    const { computations } = driver;
    const choices = flights.length + computations.length + down.length;
    assert.ok(choices > 0, `${driver.running.join(', ')} wait for nothing`);
    let choice = chance.integer(choices);
    if (choice < flights.length) {
      driver.deliver(flights[choice]!);
      continue;
    }
    choice -= flights.length;
    if (choice < computations.length) {
      const computation = computations[choice]!;
      driver.complete(computation, options.compute(computation.job));
      continue;
    }
    const [session] = down.splice(choice - computations.length, 1);
    driver.reconnect(...session!);
  }
  return driver;
}

/** The next message of each session, and those that may overtake. */
function deliverable(flights: readonly Flight[]): readonly Flight[] {
  const seen = new Set<string>();
  return flights.filter(({ from, to, message }) => {
    const session = `${from} ${to}`;
    const first = !seen.has(session);
    seen.add(session);
    return first || trafficClass[message.kind] === 'evaluation';
  });
}

/** The last words of the keys of an environment's draws: what a draw is for. */
import { nameKey } from '../random.ts';

/** Duration of a computation, and where a shared list of measured durations is entered. */
export const COMPUTE = nameKey('compute');
export const MEASURED = nameKey('measured');
/** Whether a spell of iterations is slow. */
export const TRANSIENT = nameKey('transient straggler');
/** Spells of a worker that is slow for a while, and of a rack. */
export const MARKOV = nameKey('markov straggler');
export const RACK = nameKey('rack straggler');
/** The time that a message takes who takes it in. */
export const SERVICE = nameKey('service');
/** Spells of load beside a run on a host, and of a process that is stopped. */
export const BACKGROUND = nameKey('background');
export const PREEMPTION = nameKey('preemption');

/** Intervals and sizes of cross traffic. */
export const TRAFFIC_INTERVAL = nameKey('traffic interval');
export const TRAFFIC_SIZE = nameKey('traffic size');
/** When a fault that comes at a rate comes next. */
export const FAULT = nameKey('fault');

/** No duration is longer than 2^50 nanoseconds, 13 days: heavy tails end here. */
export const NANOS_MAX = 1_125_899_906_842_624;

/** Time in a process: monotone, shared by all processes of a host. */

/** Nanoseconds on the host's monotone clock, from an origin that is the same for its processes. */
export function hostNanos(): bigint {
  return process.hrtime.bigint();
}

/**
 * A clock that counts from its making. Integer nanoseconds, never decreasing, exact for 104 days.
 */
export class Clock {
  /** Where it counts from, on the host's clock. */
  readonly origin: bigint;

  constructor(origin: bigint = hostNanos()) {
    this.origin = origin;
  }

  now(): number {
    return Number(hostNanos() - this.origin);
  }
}

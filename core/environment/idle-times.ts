import type { Config } from '../config.ts';

/** When a run ends at the latest, in nanoseconds; what begins then or later has no effect. */
export function endNanos({ stopAt }: Config): number {
  return (stopAt.seconds ?? Infinity) * 1e9;
}

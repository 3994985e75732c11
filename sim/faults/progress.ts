/** Whether a run gets on, or nothing but faults happens any more. */
import type { EnvironmentConfig } from '../../core/environment/environment.ts';
import type { Strand } from '../../core/environment/faults/schedule.ts';
import { downNanosMax } from '../../core/environment/links.ts';
import type { Effect } from '../../core/node.ts';
import { parseDuration } from '../../core/units.ts';

/**
 * Faults that come again and again keep sessions and inboxes busy in a run that has come to nothing:
 * it ends after so long, and ten times the longest that a fault lasts or delays, or a link is down.
 */
const nanosMin = 60_000_000_000;

export function standstillNanos(
  strands: readonly Strand[],
  { links }: Pick<EnvironmentConfig, 'links'>
): number {
  let longest = 0;
  for (const link of links) longest = Math.max(longest, downNanosMax(link));
  for (const { fault, lastsNanos } of strands) {
    const extra = fault.kind === 'delay' ? parseDuration(fault.extra) : 0;
    longest = Math.max(longest, lastsNanos ?? 0, extra);
  }
  return nanosMin + 10 * longest;
}

/** Effects by which a run gets on. */
export const isProgress: Readonly<Record<Effect['kind'], boolean>> = {
  send: false,
  'set-timer': false,
  'clear-timer': false,
  compute: true,
  cancel: false,
  work: false,
  persist: false,
  record: true,
  stop: true
};

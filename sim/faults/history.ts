/** What has happened lately, for the explanation of a run that cannot end. */
import type { Instant } from '../../core/node.ts';
import type { FaultRow } from '../../core/record.ts';
import { formatDuration } from '../../core/units.ts';

/** So many of the latest events are told, of crashes and of the rest. */
const latestMax = 4;

export const words = {
  pause: { begins: 'stopped', ends: 'went on' },
  'slow-node': { begins: 'became slow', ends: 'was fast again' },
  'slow-link': { begins: 'had a slow link', ends: 'had its whole link again' },
  delay: { begins: 'was delayed', ends: 'was not delayed any more' },
  hold: { begins: 'was held', ends: 'went on' },
  partition: { begins: 'parted', ends: 'were together again' },
  cut: { begins: 'was cut', ends: 'could connect again' },
  crash: { begins: 'crashed', ends: 'started anew' }
} as const satisfies Record<FaultRow['fault'], { begins: string; ends: string }>;

export class History {
  readonly #crashes: string[] = [];
  readonly #others: string[] = [];

  tell(now: Instant, what: string, isCrash = false): void {
    const told = isCrash ? this.#crashes : this.#others;
    told.push(`${what} at ${formatDuration(now)}`);
    if (told.length > latestMax) told.shift();
  }

  /** In words: `w2 crashed at 1s, w1-s0 was cut at 2s`; empty for nothing. */
  describe(): string {
    return [...this.#crashes, ...this.#others].join(', ');
  }
}

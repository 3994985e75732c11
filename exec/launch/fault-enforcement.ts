/** Which faults a real run carries out. */
import type { Config } from '../../core/config.ts';

/** Why the faults of a configuration cannot be carried out, in words; null when they can. */
export function unenforceableFaults({ environment }: Config): string | null {
  if (environment.faults.length === 0) return null;
  return 'environment.faults: a real run carries out no faults: simulate them (without --real)';
}

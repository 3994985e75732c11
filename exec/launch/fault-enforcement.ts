/** Which faults a real run carries out. */
import type { Config } from '../../core/config.ts';
import type { FaultConfig } from '../../core/environment/faults/fault.ts';
import { parseDuration } from '../../core/units.ts';

/** A session that is away for longer is given up by its peers. */
const cutNanosMax = 5_000_000_000;

/**
 * Why the faults of a configuration cannot be carried out, in words; null when they can. `launches`:
 * the nodes are processes that the run launches here.
 */
export function unenforceableFaults({ environment }: Config, launches: boolean): string | null {
  const { faults } = environment;
  if (faults.length === 0) return null;
  if (!launches) {
    return 'environment.faults: nodes that join by themselves are not stopped, killed or cut off';
  }
  for (const [index, fault] of faults.entries()) {
    const reason = reasonOf(fault, environment);
    if (reason !== null) return `environment.faults.${index}: ${reason}`;
  }
  return null;
}

function reasonOf(fault: FaultConfig, environment: Config['environment']): string | null {
  const simulate = 'simulate it (without --real)';
  switch (fault.kind) {
    case 'slow-node': {
      const others = fault.on.find(name => !/^w/.test(name));
      if (others !== undefined) {
        return `a real run slows the gradients of workers, not ${others}: ${simulate}`;
      }
      const paced = environment.compute.kind !== 'instant';
      return paced ? null : `gradients without a modelled time are not slowed: ${simulate}`;
    }
    case 'slow-link':
      if (environment.network.kind !== 'ideal') return null;
      return 'an ideal network has no links that could be slow: a star has';
    case 'cut': {
      const lasts = fault.for === undefined ? 0 : parseDuration(fault.for);
      return lasts <= cutNanosMax ? null : 'a peer that is cut off for more than 5 s is given up';
    }
    default:
      return null;
  }
}

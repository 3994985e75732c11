/** Faults that can have no effect in a configuration. */
import type { Config } from '../../config.ts';
import { parseRate } from '../../units.ts';
import type { Misfit } from '../environment.ts';
import type { FaultConfig } from './fault.ts';

/** Paths are within `environment`. */
export function idleFaults({ environment, stopAt }: Config): Misfit[] {
  return environment.faults.flatMap((fault, index): Misfit[] => {
    const tell = (field: string, message: string): Misfit[] => {
      return [{ path: ['faults', index, field], message }];
    };
    const { rate, when } = fault;
    if (rate !== undefined && parseRate(rate) === 0) return tell('rate', 'this never happens');
    const last = stopAt.iterations ?? Infinity;
    if (when !== undefined && when.reaches > last) {
      return tell('when', `no clock reaches ${when.reaches}: the run ends at ${last} iterations`);
    }
    const reason = idleLink(fault, environment);
    return reason === null ? [] : tell('kind', reason);
  });
}

function idleLink({ kind }: FaultConfig, { network, flows }: Config['environment']): string | null {
  if (kind !== 'slow-link') return null;
  if (network.kind === 'ideal') return 'an ideal network has no links that could be slow';
  if (flows.model === 'chunks') return 'the links of the chunk model keep their bandwidth';
  return null;
}

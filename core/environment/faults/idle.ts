/** Faults that can have no effect in a configuration. */
import type { Config } from '../../config.ts';
import { nodeIds } from '../../node-id.ts';
import { parseDuration, parseRate } from '../../units.ts';
import { createPrices } from '../costs.ts';
import type { Misfit } from '../environment.ts';
import { endNanos } from '../idle-times.ts';
import type { FaultConfig } from './fault.ts';
import { nodesNamed } from './subject.ts';

/** Paths are within `environment`. */
export function idleFaults(config: Config): Misfit[] {
  const { environment, stopAt } = config;
  const end = endNanos(config);
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
    for (const field of ['at', 'from'] as const) {
      const begins = fault[field];
      if (begins !== undefined && parseDuration(begins) >= end) {
        return tell(field, 'the run has ended by then');
      }
    }
    if ('factor' in fault && fault.factor === 1) return tell('factor', 'once as fast is no slower');
    const reason = idleLink(fault, environment) ?? idleNode(fault, config);
    return reason === null ? [] : tell('kind', reason);
  });
}

function idleNode(fault: FaultConfig, config: Config): string | null {
  if (fault.kind !== 'slow-node') return null;
  const { environment, seed } = config;
  const instant = environment.compute.kind === 'instant';
  const struck = nodesNamed(fault.on, nodeIds(config));
  const timed = struck.some(
    node =>
      (!instant && node.startsWith('w')) ||
      (node !== 'c' && createPrices(environment.costs, seed, node) !== null)
  );
  return timed ? null : 'nothing that it does takes time';
}

function idleLink({ kind }: FaultConfig, { network, flows }: Config['environment']): string | null {
  if (kind !== 'slow-link') return null;
  if (network.kind === 'ideal') return 'an ideal network has no links that could be slow';
  if (flows.model === 'chunks') return 'the links of the chunk model keep their bandwidth';
  return null;
}

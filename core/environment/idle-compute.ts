/** What of compute times, stragglers and prices has no effect in a configuration. */
import type { Config } from '../config.ts';
import type { NodeId } from '../node.ts';
import { nodeIds } from '../node-id.ts';
import type { Misfit } from './environment.ts';
import { racksOfWorkers } from './racks.ts';
import type { StragglersConfig } from './straggler.ts';

/** Parameters without an effect, by their path in the configuration. */
export function idleCompute(config: Config): Misfit[] {
  return [...idleStragglers(config), ...otherRacks(config), ...idleCosts(config)];
}

function idleStragglers({ environment }: Config): Misfit[] {
  const { compute, stragglers, speeds } = environment;
  const misfits: Misfit[] = [];
  const instant = compute.kind === 'instant';
  stragglers.forEach((straggler, index) => {
    const path = ['environment', 'stragglers', index];
    const idle = instant ? null : idleField(straggler);
    if (instant) misfits.push({ path, message: 'gradients take no time, so nobody is slow' });
    else if (idle !== null) misfits.push({ path: [...path, idle[0]], message: idle[1] });
  });
  if (instant && speeds.some(speed => speed !== 1)) {
    const message = 'gradients take no time at any speed';
    misfits.push({ path: ['environment', 'speeds'], message });
  }
  return misfits;
}

function idleField(straggler: StragglersConfig[number]): [field: string, message: string] | null {
  if ('slowdown' in straggler && straggler.slowdown === 1) {
    return ['slowdown', 'once as long is not longer'];
  }
  if (straggler.kind === 'transient' && straggler.share === 0) {
    return ['share', 'no iteration is slow'];
  }
  const { kind } = straggler;
  const nobody = kind === 'permanent' && [straggler.workers].flat().length === 0;
  if (kind === 'permanent' && (nobody || straggler.workers === 0)) {
    return ['workers', 'nobody is slow'];
  }
  return null;
}

// Racks of a straggler's own where the network has others: not idle, but hardly meant.
function otherRacks(config: Config): Misfit[] {
  const { stragglers, network } = config.environment;
  if (!stragglers.some(({ kind }) => kind === 'rack')) return [];
  const racks = racksOfWorkers(network, nodeIds(config));
  if (racks === null) return [];
  return stragglers.flatMap((straggler, index) => {
    if (straggler.kind !== 'rack' || straggler.size === 'network') return [];
    const { size } = straggler;
    // Both are numbered by their first worker, so equal groups have equal numbers.
    if (racks.every((rack, worker) => rack === Math.floor(worker / size))) return [];
    const message = 'these are not the racks of the network: "network" would be';
    return [{ path: ['environment', 'stragglers', index, 'size'], message }];
  });
}

/** What each role is charged for; the coordinator sends and takes nothing that has a price. */
const work = {
  workers: ['encodeNanosPerElement', 'decodeNanosPerElement'],
  servers: ['decodeNanosPerElement', 'applyNanosPerElement'],
  c: []
} as const satisfies Record<string, readonly string[]>;

function idleCosts({ environment, compressor }: Config): Misfit[] {
  const { workers, servers, nodes, ...all } = environment.costs;
  const plain = compressor.kind === 'none';
  const misfits: Misfit[] = [];
  const look = (path: readonly string[], prices: object, role: keyof typeof work | null): void => {
    for (const [field, price] of Object.entries(prices)) {
      const idle = price === 0 || price === undefined || isInstant(price);
      const reason = idle ? null : idlePrice(field, role, plain);
      if (reason === null) continue;
      misfits.push({ path: ['environment', 'costs', ...path, field], message: reason });
    }
  };
  look([], all, null);
  look(['workers'], workers, 'workers');
  look(['servers'], servers, 'servers');
  for (const [node, prices] of Object.entries(nodes)) {
    look(['nodes', node], prices, roleOf(node as NodeId));
  }
  return misfits;
}

function idlePrice(field: string, role: keyof typeof work | null, plain: boolean): string | null {
  const coded = field === 'encodeNanosPerElement' || field === 'decodeNanosPerElement';
  if (role === 'c') return 'the coordinator does nothing that has a price';
  if (role !== null && field.endsWith('PerElement') && !work[role].some(one => one === field)) {
    return `${role} ${field === 'applyNanosPerElement' ? 'apply' : 'encode'} nothing`;
  }
  return plain && coded ? 'without a compressor nothing is encoded or decoded' : null;
}

function isInstant(price: unknown): boolean {
  return typeof price === 'object' && price !== null && 'kind' in price && price.kind === 'instant';
}

function roleOf(node: NodeId): keyof typeof work {
  return node.startsWith('w') ? 'workers' : node.startsWith('s') ? 'servers' : 'c';
}

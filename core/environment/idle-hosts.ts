/** What of hosts, compute, stragglers and costs has no effect in a configuration. */
import type { Config } from '../config.ts';
import type { NodeId } from '../node.ts';
import { nodeIds } from '../node-id.ts';
import { createPrices } from './costs.ts';
import type { Misfit } from './environment.ts';
import { hostConfig, hostNames, nodesOnHosts } from './hosts.ts';
import { racksOfWorkers } from './racks.ts';

/** Parameters without an effect, by their path in the configuration. */
export function idleHosts(config: Config): Misfit[] {
  return [
    ...idleCompute(config),
    ...otherRacks(config),
    ...idleCosts(config),
    ...idleSharing(config)
  ];
}

function idleCompute({ environment }: Config): Misfit[] {
  const { compute, stragglers, speeds } = environment;
  const misfits: Misfit[] = [];
  const instant = compute.kind === 'instant';
  stragglers.forEach((straggler, index) => {
    const path = ['environment', 'stragglers', index];
    if (instant) misfits.push({ path, message: 'gradients take no time, so nobody is slow' });
    else if ('slowdown' in straggler && straggler.slowdown === 1) {
      misfits.push({ path: [...path, 'slowdown'], message: 'once as long is not longer' });
    } else if (straggler.kind === 'transient' && straggler.share === 0) {
      misfits.push({ path: [...path, 'share'], message: 'no iteration is slow' });
    }
  });
  if (instant && speeds.some(speed => speed !== 1)) {
    const message = 'gradients take no time at any speed';
    misfits.push({ path: ['environment', 'speeds'], message });
  }
  return misfits;
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
    const message = `these are not the racks of the network: "network" would be`;
    return [{ path: ['environment', 'stragglers', index, 'size'], message }];
  });
}

function idleCosts({ environment, compressor }: Config): Misfit[] {
  if (compressor.kind !== 'none') return [];
  const message = 'without a compressor nothing is encoded or decoded';
  return (['encodeNanosPerElement', 'decodeNanosPerElement'] as const)
    .filter(name => environment.costs[name] > 0)
    .map(name => ({ path: ['environment', 'costs', name], message }));
}

function idleSharing(config: Config): Misfit[] {
  const { environment, seed } = config;
  const { hosts, compute, costs, network } = environment;
  const misfits: Misfit[] = [];
  const warn = (path: readonly (string | number)[], message: string): void => {
    misfits.push({ path: ['environment', 'hosts', ...path], message });
  };
  const ids = nodeIds(config);
  const hostOf = nodesOnHosts(network, ids);
  const names = hostNames(ids, hostOf);
  const instant = compute.kind === 'instant';
  const priced = ids.map(id => createPrices(costs, seed, id) !== null);
  const uses = { gpu: false, cores: false, processes: false, scarce: false };
  names.forEach((name, host) => {
    const { cores, gpu, background } = hostConfig(hosts, name);
    const here = ids.flatMap((id, node) => (hostOf[node] === host ? [{ id, node }] : []));
    const workers = here.filter(({ id }) => id.startsWith('w')).length;
    const busy = background.flatMap(load => (load.kind === 'processes' ? [load.processes] : []));
    // At most one job a node that handles inputs, and one a worker that computes on the cores.
    const computing = instant || gpu.kind !== 'none' ? 0 : workers;
    const jobs = computing + here.filter(({ node }) => priced[node]).length;
    if (gpu.kind !== 'none' && workers > 0) uses.gpu = true;
    if (cores === 'unlimited') return;
    uses.cores = true;
    if (busy.length > 0) uses.processes = true;
    if (jobs > 0 && jobs + busy.reduce((sum, one) => sum + one, 0) > cores) uses.scarce = true;
  });
  const said = [hosts, hosts.workers, hosts.servers, ...Object.values(hosts.nodes)];
  const someGpu = said.some(({ gpu }) => gpu !== undefined && gpu.kind !== 'none');
  if (someGpu && instant) warn(['gpu'], 'gradients take no time, so none goes to a GPU');
  else if (someGpu && !uses.gpu) warn(['gpu'], 'no worker is on a host with a GPU');
  if (uses.cores && !uses.scarce) {
    warn(['cores'], 'there is a core for each job on every host, so nobody waits for one');
  }
  const loads = said.flatMap(({ background }) => background ?? []);
  if (loads.some(load => load.kind === 'processes') && !uses.processes) {
    warn(['background'], 'cores are unlimited where other processes run: say cores too');
  }
  const timeless = instant && !priced.includes(true);
  if (timeless && loads.some(load => load.kind === 'share')) {
    warn(['background'], 'gradients and work take no time, so there is no speed to share');
  }
  misfits.push(...idleNames(config, names));
  return misfits;
}

// What is of a host, said of a node that no host is named after.
function idleNames({ environment }: Config, names: readonly NodeId[]): Misfit[] {
  return Object.entries(environment.hosts.nodes).flatMap(([node, some]) => {
    if (names.some(name => name === node)) return [];
    return (['cores', 'gpu', 'background'] as const)
      .filter(field => some[field] !== undefined)
      .map(field => ({
        path: ['environment', 'hosts', 'nodes', node, field],
        message: `the host that ${node} is on is named after another node`
      }));
  });
}

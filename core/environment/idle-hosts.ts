/** What of hosts has no effect in a configuration: cores, GPUs, background load, preemption. */
import type { Config } from '../config.ts';
import type { NodeId } from '../node.ts';
import { nodeIds } from '../node-id.ts';
import { parseDuration } from '../units.ts';
import { costsOf, createPrices } from './costs.ts';
import type { Misfit } from './environment.ts';
import { type HostConfig, hostConfig, hostNames, nodesOnHosts } from './hosts.ts';
import { endNanos } from './idle-times.ts';
import type { Some } from './overrides.ts';

/** Where something is said of hosts: of all, of a role, of the node that one is named after. */
interface Place {
  readonly path: readonly string[];
  readonly some: Some<HostConfig>;
}

/** A host, and what runs on it. */
interface Host {
  readonly name: NodeId;
  readonly config: HostConfig;
  readonly workers: number;
  /**
   * Jobs of the run that want a core at once, at most (Infinity: nobody can tell); and those of others,
   * all the time.
   */
  readonly jobs: number;
  readonly others: number;
  /** Something that it does takes time. */
  readonly timed: boolean;
}

/** Parameters without an effect, by their path in the configuration. */
export function idleHosts(config: Config): Misfit[] {
  const { hosts, compute } = config.environment;
  const { workers, servers, nodes } = hosts;
  const { cores, gpu, background, preemption } = hosts;
  const all: Some<HostConfig> = {
    cores: cores === 'unlimited' ? undefined : cores,
    gpu: gpu.kind === 'none' ? undefined : gpu,
    background: background.length === 0 ? undefined : background,
    preemption
  };
  const places: Place[] = [
    { path: [], some: all },
    { path: ['workers'], some: workers },
    { path: ['servers'], some: servers },
    ...Object.entries(nodes).map(([node, some]) => ({ path: ['nodes', node], some }))
  ];
  const there = hostsOf(config);
  const instant = compute.kind === 'instant';
  const idlePlaces = places.flatMap(place => {
    const idle = (['cores', 'gpu', 'background'] as const).flatMap(field => {
      if (place.some[field] === undefined) return [];
      const meant = there.filter(({ name }) => sayer(places, name, field) === place);
      if (meant.length === 0) return [{ path: [field], message: nowhere(place, there) }];
      return idleField(field, place.some, meant, { instant, shared: hosts.machine !== null });
    });
    return [...idle, ...latePreemption(config, place.some)].map(({ path, message }) => ({
      path: ['environment', 'hosts', ...place.path, ...path],
      message
    }));
  });
  return [...idlePlaces, ...idleSharing(config, there)];
}

// What is of sharing cores, where nobody does.
function idleSharing({ environment }: Config, there: readonly Host[]): Misfit[] {
  const { hosts, costs, compute } = environment;
  const misfits: Misfit[] = [];
  const tell = (message: string, ...path: string[]): void => {
    misfits.push({ path: ['environment', ...path], message });
  };
  const jobs = there.reduce((sum, host) => sum + host.jobs + host.others, 0);
  if (hosts.machine !== null && jobs <= hosts.machine) {
    tell(`there is a core for each of ${jobs} jobs, so nobody waits for one`, 'hosts', 'machine');
  }
  const limited =
    hosts.machine !== null || there.some(({ config }) => config.cores !== 'unlimited');
  const unlimited = 'cores are unlimited, so nobody waits for one: say machine or cores too';
  if (hosts.held !== null && compute.kind === 'instant') {
    tell('gradients take no time that they could be held to', 'hosts', 'held');
  } else if (hosts.held !== null && !limited) tell(unlimited, 'hosts', 'held');
  const places = [
    { path: [], own: costs },
    { path: ['workers'], own: costs.workers },
    { path: ['servers'], own: costs.servers },
    ...Object.entries(costs.nodes).map(([node, own]) => ({ path: ['nodes', node], own }))
  ];
  for (const { path, own } of places) {
    if ((own.overlappedNanosPerByte ?? 0) === 0 || limited) continue;
    tell(unlimited, 'costs', ...path, 'overlappedNanosPerByte');
  }
  return misfits;
}

function hostsOf(config: Config): Host[] {
  const { environment, seed } = config;
  const { hosts, compute, costs, network } = environment;
  const ids = nodeIds(config);
  const hostOf = nodesOnHosts(network, ids);
  const instant = compute.kind === 'instant';
  const priced = ids.map(id => createPrices(costs, seed, id) !== null);
  const names = hostNames(ids, hostOf);
  const nodesOn = names.map((): { id: NodeId; node: number }[] => []);
  // Invariant: every node has a host.
  ids.forEach((id, node) => {
    nodesOn[hostOf[node]!]!.push({ id, node });
  });
  return names.map((name, host): Host => {
    const own = hostConfig(hosts, name);
    const here = nodesOn[host]!;
    const workers = here.filter(({ id }) => id.startsWith('w')).length;
    // At most one job a node that handles inputs, and one a worker that computes on the cores.
    const handling = here.filter(({ node }) => priced[node] && ids[node] !== 'c').length;
    // As many as there are messages under way, which nobody can tell.
    const copying = here.some(
      ({ id }) => id !== 'c' && costsOf(costs, id).overlappedNanosPerByte > 0
    );
    const works = hosts.held === null || hosts.held.nanos + hosts.held.nanosPerElement > 0;
    const computing = instant || own.gpu.kind !== 'none' || !works ? 0 : workers;
    const busy = own.background.map(load => (load.kind === 'processes' ? load.processes : 0));
    return {
      name,
      config: own,
      workers,
      jobs: copying ? Infinity : computing + handling,
      others: busy.reduce((sum, one) => sum + one, 0),
      timed: handling > 0 || (!instant && workers > 0)
    };
  });
}

// Which of the places it is that holds for a field of the host named after a node.
function sayer(places: readonly Place[], name: NodeId, field: keyof HostConfig): Place | undefined {
  const role = name.startsWith('w') ? 'workers' : name.startsWith('s') ? 'servers' : null;
  return places.findLast(({ path: [whose, node], some }) => {
    const holds = whose === undefined || whose === role || (whose === 'nodes' && node === name);
    return holds && some[field] !== undefined;
  });
}

function nowhere({ path: [whose, node] }: Place, there: readonly Host[]): string {
  if (whose === 'nodes' && !there.some(({ name }) => name === node)) {
    return `the host that ${node} is on is named after another node`;
  }
  return 'it is said otherwise of every host that this could be of';
}

function idleField(
  field: 'cores' | 'gpu' | 'background',
  some: Some<HostConfig>,
  meant: readonly Host[],
  { instant, shared }: { readonly instant: boolean; readonly shared: boolean }
): Misfit[] {
  const tell = (message: string, ...path: string[]): Misfit[] => [
    { path: [field, ...path], message }
  ];
  const { gpu, background = [] } = some;
  switch (field) {
    case 'cores': {
      if (some.cores === 'unlimited') return [];
      const scarce = meant.some(({ jobs, others, config: { cores } }) => {
        return cores !== 'unlimited' && jobs > 0 && jobs + others > cores;
      });
      if (scarce) return [];
      return tell('there is a core for each job on every host, so nobody waits for one');
    }
    case 'gpu': {
      if (gpu === undefined || gpu.kind === 'none') return [];
      if (instant) return tell('gradients take no time, so none goes to a GPU');
      const most = meant.reduce((most, { workers }) => Math.max(most, workers), 0);
      if (most === 0) return tell('no worker is on a host with a GPU');
      if (gpu.devices <= most) return [];
      return tell(
        `no host has more than ${most} of the workers, which use a device each`,
        'devices'
      );
    }
    case 'background': {
      const kinds = new Set(background.map(({ kind }) => kind));
      const limited = shared || meant.some(({ config: { cores } }) => cores !== 'unlimited');
      if (kinds.has('processes') && !limited) {
        return tell('cores are unlimited where other processes run: say cores too');
      }
      if (kinds.has('share') && !meant.some(({ timed }) => timed)) {
        return tell('gradients and work take no time there, so there is no speed to share');
      }
      return background.flatMap((load, index) =>
        load.kind === 'share' && load.share === 0
          ? tell('no share of the speed is none', String(index), 'share')
          : []
      );
    }
  }
}

function latePreemption(config: Config, { preemption = [] }: Some<HostConfig>): Misfit[] {
  const end = endNanos(config);
  return preemption.flatMap((one, index) => {
    if (one.kind !== 'at' || parseDuration(one.at) < end) return [];
    return [{ path: ['preemption', index, 'at'], message: 'the run has ended by then' }];
  });
}

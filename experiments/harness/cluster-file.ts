/** Cluster files: read, checked, and put in the place of a plan's environments. */
import { checked } from '../../core/checked.ts';
import { formatCompressor } from '../../core/compression/registry.ts';
import { ConfigError, resolve } from '../../core/config.ts';
import {
  type Cluster,
  ClusterSchema,
  clusterEnvironment,
  starPlacement,
  upgradedCluster
} from '../../core/environment/cluster.ts';
import {
  clusterNames,
  clusterNetwork,
  hostsOf,
  narrowed
} from '../../core/environment/cluster-network.ts';
import { free } from '../../core/environment/costs.ts';
import { isUnread } from '../../core/environment/network/graph.ts';
import { networkMisfits } from '../../core/environment/network.ts';
import { nodeIds } from '../../core/node-id.ts';
import { cellName, type Plan, type PlannedCell } from './cells.ts';
import { isTree } from './config-path.ts';
import { planWarnings } from './idle-warnings.ts';
import { readJson } from './read-file.ts';
import { contentOf } from './read-networks.ts';
import { readTraces } from './read-traces.ts';
import { shown } from './shown-path.ts';
import { linesOf, UsageError } from './usage-error.ts';

const remedy = '`slackline calibrate --out FILE` writes one';

/** Reads a cluster file. Throws `UsageError`, a line for each thing that is wrong. */
export function readCluster(file: string): Cluster {
  const cluster = whole(upgradedCluster(readJson(file, shown(file), `; ${remedy}`)), file);
  const { network } = cluster;
  if (network?.kind !== 'graph' || network.file === null || !isUnread(network)) return cluster;
  const graph = { ...contentOf(network.file), kind: 'graph', file: network.file };
  return whole({ ...cluster, network: graph }, file);
}

function whole(value: unknown, file: string): Cluster {
  const kind = isTree(value) ? value['kind'] : undefined;
  if (kind !== 'cluster') throw new UsageError(`${shown(file)}: not a cluster file; ${remedy}`);
  const { data, lines } = checked(ClusterSchema, value, 'cluster');
  if (data !== undefined) return data;
  throw new UsageError(linesOf(shown(file), lines.join('\n')));
}

/** A plan whose runs are on a cluster. Throws `UsageError` where one of them does not fit it. */
export function onCluster(plan: Plan, cluster: Cluster, file: string): Plan {
  checkNetwork(plan, cluster, file);
  checkNames(plan, cluster, file);
  const cells = plan.cells.map(cell => ({
    ...cell,
    configs: cell.configs.map(config => {
      try {
        return resolve({ ...config, environment: clusterEnvironment(cluster, config) });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const where = inCell(cell);
        throw new UsageError(
          `${linesOf(`on the cluster of ${shown(file)}`, error.message)}${where}`
        );
      }
    })
  }));
  // Gradients of a cluster may be a file, too.
  return readTraces({ ...plan, cells });
}

function inCell({ labels }: PlannedCell): string {
  const name = cellName(labels);
  return name === '' ? '' : `\n(in the cell ${name})`;
}

// Seeds of a cell have the same nodes.
function checkNetwork({ cells }: Plan, cluster: Cluster, file: string): void {
  if (cluster.network === null) return;
  for (const cell of cells) {
    for (const config of cell.configs.slice(0, 1)) {
      const nodes = nodeIds(config);
      const [misfit] = networkMisfits(narrowed(cluster.network, nodes), nodes);
      if (misfit === undefined) continue;
      const path = ['network', ...misfit.path].join('.');
      throw new UsageError(`${shown(file)}: ${path}: ${misfit.message}${inCell(cell)}`);
    }
  }
}

// A cell takes what it has of a cluster; what none has is a mistake.
function checkNames({ cells }: Plan, cluster: Cluster, file: string): void {
  const names = clusterNames(cluster);
  if (names.length === 0) return;
  const there = { host: new Set<string>(), node: new Set<string>() };
  for (const { configs } of cells) {
    for (const config of configs.slice(0, 1)) {
      const nodes = nodeIds(config);
      const network = clusterNetwork(cluster, starPlacement(cluster, config));
      for (const node of nodes) there.node.add(node);
      for (const host of hostsOf(network, nodes)) there.host.add(host);
    }
  }
  const unknown = names.find(({ name, of }) => !there[of].has(name));
  if (unknown === undefined) return;
  const { path, name, of } = unknown;
  const runs = cells.length === 1 ? 'this run' : 'any cell';
  const why =
    of === 'host' && there.node.has(name)
      ? `${name} has no host of its own: say it of the first node of the host that it is on`
      : of === 'host'
        ? `no host of ${runs} has that name`
        : `${name} is no node of ${runs}`;
  throw new UsageError(`${shown(file)}: ${path.join('.')}: ${why}`);
}

/** What of an experiment gives way to a cluster, and what the cluster does not know of it. */
export function clusterWarnings(plan: Plan, cluster: Cluster, file: string): string[] {
  const name = shown(file);
  return planWarnings(plan, ({ environment, problem, compressor }) => {
    const texts: string[] = [];
    const warn = (path: string, message: string): void => {
      texts.push(`${path}: ${message}`);
    };
    const { network, costs } = environment;
    const stays =
      cluster.network === null
        ? network.kind === 'star'
        : (network.kind === 'star' && network.placement === 'separate') ||
          JSON.stringify(network) === JSON.stringify(cluster.network);
    if (network.kind !== 'ideal' && !stays) {
      const other = cluster.network === null ? 'the star of hosts' : `the ${cluster.network.kind}`;
      warn('environment.network', `${network.kind} gives way to ${other} of ${name}`);
    }
    if (JSON.stringify(costs) !== JSON.stringify(free())) {
      warn('environment.costs', `give way to those of ${name}`);
    }
    // Without values there is nothing to compute or to compress.
    if (problem.kind === 'timing') return texts;
    const measured = cluster.compute?.problem ?? problem.kind;
    if (measured !== problem.kind) {
      warn('problem', `gradients take as long as those of ${measured}, which ${name} has`);
    }
    const short = formatCompressor(compressor);
    const known = [short, compressor.kind].some(word => Object.hasOwn(cluster.codecs, word));
    if (!known && compressor.kind !== 'none') {
      warn('compressor', `${short} takes no time, for ${name} has none of it under codecs`);
    }
    return texts;
  });
}

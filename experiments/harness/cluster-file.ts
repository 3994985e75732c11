/** Cluster files: read, checked, and put in the place of a plan's environments. */
import { formatCompressor } from '../../core/compression/registry.ts';
import { ConfigError, resolve } from '../../core/config.ts';
import {
  type Cluster,
  ClusterSchema,
  clusterEnvironment,
  upgradedCluster
} from '../../core/environment/cluster.ts';
import { free } from '../../core/environment/costs.ts';
import { cellName, type Plan } from './cells.ts';
import { planWarnings } from './idle-warnings.ts';
import { readJson } from './read-file.ts';
import { shown } from './shown-path.ts';
import { messageOf, UsageError } from './usage-error.ts';

const remedy = '`slackline calibrate --out FILE` writes one';

/** Reads a cluster file. Throws `UsageError`, a line for each thing that is wrong. */
export function readCluster(file: string): Cluster {
  const { data, error } = ClusterSchema.safeParse(
    upgradedCluster(readJson(file, shown(file), `; ${remedy}`))
  );
  if (data !== undefined) return data;
  throw new UsageError(`${shown(file)}: not a cluster file; ${remedy}\n${messageOf(error)}`);
}

/** A plan whose runs are on a cluster. Throws `UsageError` where one of them does not fit it. */
export function onCluster(plan: Plan, cluster: Cluster, file: string): Plan {
  const cells = plan.cells.map(cell => ({
    ...cell,
    configs: cell.configs.map(config => {
      try {
        return resolve({ ...config, environment: clusterEnvironment(cluster, config) });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const name = cellName(cell.labels);
        const where = name === '' ? '' : `\n(in the cell ${name})`;
        throw new UsageError(`on the cluster of ${shown(file)}:\n${error.message}${where}`);
      }
    })
  }));
  return { ...plan, cells };
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
    if (network.kind !== 'star' && network.kind !== 'ideal') {
      warn('environment.network', `${network.kind} gives way to the star of hosts of ${name}`);
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

/** Cluster files: read, checked, and put in the place of a plan's environments. */
import { type Cluster, ClusterSchema, clusterEnvironment } from '../../core/environment/cluster.ts';
import type { Plan } from './cells.ts';
import { readJson } from './read-file.ts';
import { shown } from './shown-path.ts';
import { messageOf, UsageError } from './usage-error.ts';

const remedy = '`slackline calibrate --out FILE` writes one';

/** Reads a cluster file. Throws `UsageError`, a line for each thing that is wrong. */
export function readCluster(file: string): Cluster {
  const { data, error } = ClusterSchema.safeParse(readJson(file, shown(file), `; ${remedy}`));
  if (data !== undefined) return data;
  throw new UsageError(`${shown(file)}: not a cluster file; ${remedy}\n${messageOf(error)}`);
}

/** A plan whose runs are on a cluster. */
export function onCluster(plan: Plan, cluster: Cluster): Plan {
  const cells = plan.cells.map(cell => ({
    ...cell,
    configs: cell.configs.map(config => ({
      ...config,
      environment: clusterEnvironment(cluster, config)
    }))
  }));
  return { ...plan, cells };
}

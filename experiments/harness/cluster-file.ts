/** Cluster files: read, checked, and put in the place of a plan's environments. */
import * as fs from 'node:fs';
import { type Cluster, ClusterSchema, clusterEnvironment } from '../../core/environment/cluster.ts';
import type { Plan } from './cells.ts';
import { shown } from './shown-path.ts';
import { messageOf, UsageError } from './usage-error.ts';

const remedy = '`slackline calibrate --out FILE` writes one';

/** Reads a cluster file. Throws `UsageError`, a line for each thing that is wrong. */
export function readCluster(file: string): Cluster {
  let value: unknown;
  try {
    value = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (!fs.existsSync(file)) throw new UsageError(`${shown(file)}: no such file; ${remedy}`);
    throw new UsageError(`${shown(file)}: not JSON: ${messageOf(error)}`);
  }
  const { data, error } = ClusterSchema.safeParse(value);
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

/** What every node of a run is made from: the same data on every process. */
import type { Config } from './config.ts';
import { Coordinator } from './coordinator.ts';
import type { Node, NodeId } from './node.ts';
import { rankOf } from './node-id.ts';
import { Server } from './server.ts';
import { type Assignment, assign, type RowFrequencies } from './sharding.ts';
import type { Layout } from './tensors.ts';
import { Worker } from './worker.ts';

export interface RunSetup {
  readonly config: Config;
  readonly layout: Layout;
  readonly assignment: Assignment;
  /** Whether batches touch some keys only, and workers pull those. */
  readonly sparse: boolean;
  /** The whole model at version 0, or null in a timing-only run. Servers take their shards of it. */
  readonly initialParams: Float32Array | null;
}

/** What a problem says of its model. */
export interface Model {
  readonly layout: Layout;
  readonly sparse: boolean;
  readonly initialParams: Float32Array | null;
  /** Measured update frequencies of sparse rows, where the sharding asks for them; else null. */
  readonly frequencies: RowFrequencies | null;
}

/** Shards the model as the configuration says. Throws when there are more servers than keys. */
export function setupRun(config: Config, model: Model): RunSetup {
  const { layout, sparse, initialParams, frequencies } = model;
  const assignment = assign(layout, config.servers, config.sharding, frequencies);
  return { config, layout, sparse, initialParams, assignment };
}

/** The node of this id. */
export function createNode(setup: RunSetup, id: NodeId): Node {
  if (id === 'c') return new Coordinator(setup);
  if (id.startsWith('w')) return new Worker(setup, rankOf(id));
  if (id.startsWith('s')) return new Server(setup, rankOf(id));
  throw new Error(`there is no node ${id} in this kind of run`);
}

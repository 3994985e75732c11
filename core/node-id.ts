/** Names of nodes. */
import type { NodeId } from './node.ts';

const zero = 48;
const letterS = 115;
const workers: NodeId[] = [];
const servers: NodeId[] = [];
const namesKept = 1 << 16;

/** Rank of a worker, server or aggregator; the coordinator's is 0. */
export function rankOf(id: NodeId): number {
  let rank = 0;
  for (let i = 1; i < id.length; i++) rank = 10 * rank + id.charCodeAt(i) - zero;
  return rank;
}

/** Name of the worker of a rank: made once for each, since a run says it with every message. */
export function workerId(rank: number): NodeId {
  return workers[rank] ?? kept(workers, rank, `w${rank}`);
}

/** Name of the server of a rank: made once for each. */
export function serverId(rank: number): NodeId {
  return servers[rank] ?? kept(servers, rank, `s${rank}`);
}

function kept(names: NodeId[], rank: number, name: NodeId): NodeId {
  if (rank < namesKept) names[rank] = name;
  return name;
}

/** Reads a name. Returns null for what is none. */
export function parseNodeId(text: string): NodeId | null {
  return /^(c|[wsa](0|[1-9]\d{0,6}))$/.test(text) ? (text as NodeId) : null;
}

/** All nodes of a run: the coordinator, the servers, the workers. */
export function nodeIds(config: { readonly workers: number; readonly servers: number }): NodeId[] {
  const ids: NodeId[] = ['c'];
  for (let rank = 0; rank < config.servers; rank++) ids.push(serverId(rank));
  for (let rank = 0; rank < config.workers; rank++) ids.push(workerId(rank));
  return ids;
}

/** Place of a node in that list, given the number of servers; of no use for one that is not there. */
export function placeOf(id: NodeId, servers: number): number {
  if (id === 'c') return 0;
  return id.charCodeAt(0) === letterS ? 1 + rankOf(id) : 1 + servers + rankOf(id);
}

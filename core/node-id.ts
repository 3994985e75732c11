/** Names of nodes. */
import type { NodeId } from './node.ts';

/** Rank of a worker, server or aggregator; the coordinator's is 0. */
export function rankOf(id: NodeId): number {
  return id === 'c' ? 0 : Number(id.slice(1));
}

/** Reads a name. Returns null for what is none. */
export function parseNodeId(text: string): NodeId | null {
  return /^(c|[wsa](0|[1-9]\d{0,6}))$/.test(text) ? (text as NodeId) : null;
}

/** All nodes of a run: the coordinator, the servers, the workers. */
export function nodeIds(config: { readonly workers: number; readonly servers: number }): NodeId[] {
  const ids: NodeId[] = ['c'];
  for (let rank = 0; rank < config.servers; rank++) ids.push(`s${rank}`);
  for (let rank = 0; rank < config.workers; rank++) ids.push(`w${rank}`);
  return ids;
}

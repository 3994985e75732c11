/** Numbered membership. */

/** A node of a role, by rank, in one of its lives. */
export interface Member {
  readonly rank: number;
  readonly incarnation: number;
}

/** A server, and the shard that it holds. */
export interface ServerMember extends Member {
  readonly shard: number;
}

/** Who takes part. Messages carry the number; those of an older view are refused. */
export interface View {
  /** Counts up from 1. */
  readonly number: number;
  /** Live workers, in ascending rank. */
  readonly workers: readonly Member[];
  /** Live servers. The first one of a shard is its head; those after it follow, in this order. */
  readonly servers: readonly ServerMember[];
  /** Rank of the server that sequences decisions. */
  readonly sequencer: number;
}

export const firstViewNumber = 1;

/** The latest that was made: the nodes of a simulated run have one in common. */
let latest: View | null = null;

/** The first view of a run: everybody, in the first incarnation, and server r with shard r. */
export function firstView(workers: number, servers: number): View {
  if (latest?.workers.length !== workers || latest.servers.length !== servers) {
    latest = makeFirstView(workers, servers);
  }
  return latest;
}

function makeFirstView(workers: number, servers: number): View {
  const ranks = (count: number): number[] => Array.from({ length: count }, (_, rank) => rank);
  return {
    number: firstViewNumber,
    workers: ranks(workers).map(rank => ({ rank, incarnation: 0 })),
    servers: ranks(servers).map(rank => ({ rank, incarnation: 0, shard: rank })),
    sequencer: 0
  };
}

/**
 * Whether a server takes part in this life of it: another one has lost what the life before held, and
 * is not admitted by itself.
 */
export function hasServer(view: View, rank: number, incarnation: number): boolean {
  return view.servers.find(member => member.rank === rank)?.incarnation === incarnation;
}

/** Numbered membership. */

/** A node of a role, by rank, in one of its lives. */
export interface Member {
  readonly rank: number;
  readonly incarnation: number;
}

/** Who takes part. Messages carry the number; those of an older view are refused. */
export interface View {
  /** Counts up from 1. */
  readonly number: number;
  /** Live workers and servers, in ascending rank. */
  readonly workers: readonly Member[];
  readonly servers: readonly Member[];
  /** Rank of the server that sequences decisions. */
  readonly sequencer: number;
}

/** The first view of a run: everybody, in the first incarnation. */
export function firstView(workers: number, servers: number): View {
  const members = (count: number): Member[] =>
    Array.from({ length: count }, (_, rank) => ({ rank, incarnation: 0 }));
  return { number: 1, workers: members(workers), servers: members(servers), sequencer: 0 };
}

/** Rows of a picture for the nodes of a run: one a node, or one a group where there are many. */
import type { Json } from './plot.ts';

/** More lanes of one role can't be told apart in a panel. */
export const lanesMax = 16;

/** Nodes that share a lane, consecutive ranks of one role. */
export interface Lane<T> {
  /** `w3`, or `w0-w15`. */
  readonly label: string;
  readonly members: readonly T[];
}

/** Groups nodes given by rank, all of one role, into at most `lanesMax` lanes. */
export function groupLanes<T extends { readonly node: string }>(nodes: readonly T[]): Lane<T>[] {
  const size = Math.ceil(nodes.length / lanesMax);
  const lanes: Lane<T>[] = [];
  for (let begin = 0; begin < nodes.length; begin += size) {
    const members = nodes.slice(begin, begin + size);
    const first = members[0]!.node;
    const last = members[members.length - 1]!.node;
    lanes.push({ label: first === last ? first : `${first}-${last}`, members });
  }
  return lanes;
}

/** The vertical axis of lanes, in this order, each with its label. */
export function laneChannel(lanes: readonly string[]): { [key: string]: Json } {
  return {
    field: 'node',
    type: 'ordinal',
    title: null,
    sort: [...lanes],
    axis: { ticks: false, domain: false, labelOverlap: false, labelFlush: false }
  };
}

/** Nodes by name: one, `w3`, or consecutive ranks of a role, `w0-w3`. */
import { z } from 'zod';
import type { NodeId } from '../../node.ts';
import { parseNodeId, rankOf } from '../../node-id.ts';

const message = 'nodes are named w0, s1, c, or by a range: "w0-w3"';

export const NodeSetSchema = z.string().refine(text => read(text) !== null, { error: message });

/** The nodes that a checked text names, by rank. */
export function nodesOf(text: string): NodeId[] {
  const ends = read(text);
  if (ends === null) throw new Error(`"${text}" names no nodes`);
  const [first, last] = ends;
  if (first === 'c') return ['c'];
  const role = first[0] as 'w' | 's' | 'a';
  return Array.from(
    { length: rankOf(last) - rankOf(first) + 1 },
    (_, index): NodeId => `${role}${rankOf(first) + index}`
  );
}

function read(text: string): [NodeId, NodeId] | null {
  const [from = '', to = from, ...more] = text.split('-');
  const [first, last] = [parseNodeId(from), parseNodeId(to)];
  if (first === null || last === null || more.length > 0) return null;
  return first[0] === last[0] && rankOf(first) <= rankOf(last) ? [first, last] : null;
}

/** How a node's part in a run ends: what it says when it cannot go on, and what it was told. */
import type { Failed, Halt } from './message.ts';
import type { Outcome } from './node.ts';

/** Length of the reason in a message, in characters. */
const reasonLengthMax = 255;

/** Tells the coordinator why, in characters that a message carries. */
export function failed(reason: string): Failed {
  return { kind: 'failed', reason: reason.replace(/[^\x20-\x7e]/g, '?').slice(0, reasonLengthMax) };
}

/** What a run came to for a node that is told to halt. */
export function outcomeOf(reason: Halt['reason']): Outcome {
  if (reason === 'failed' || reason === 'diverged') return { kind: 'failed', reason };
  return { kind: 'done', reason };
}

import { Digest } from './digest.ts';
import type { Effect, Input, Instant, NodeId } from './node.ts';
import type { LinkRow, Row } from './record.ts';
import { traceLine } from './trace.ts';

/**
 * One digest of a whole run: the lines of all nodes' traces, merged in the order in which the inputs
 * were handled, and then its rows. Two runs with the same digest have handled the same inputs at the
 * same times and sent the same bytes.
 */
export class TraceDigest {
  readonly #digest = new Digest();

  /** An input has been handled: what a driver tells its observer. */
  handled(node: NodeId, now: Instant, input: Input, effects: readonly Effect[]): void {
    this.#digest.text(node).text(JSON.stringify(traceLine(now, input, effects)));
  }

  row(row: Row): void {
    this.#digest.text(JSON.stringify(row.kind === 'link' ? withoutBusy(row) : row));
  }

  /** Sixteen hexadecimal digits. */
  toString(): string {
    return this.#digest.toString();
  }
}

// Follows from the times of the messages, which the digest has; older runs did not record it.
function withoutBusy({ busyNanos: _, ...row }: LinkRow): Omit<LinkRow, 'busyNanos'> {
  return row;
}

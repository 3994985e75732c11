/** What may be said of the flows of a network: their law, prices of messages, bounds of rates. */
import { type SharingLaw, sharingLaw } from './sharing-law.ts';
import type { SlowStartOptions } from './slow-start.ts';

export interface FlowOptions {
  readonly law: SharingLaw;
  /** Bytes that every message takes on the links besides its own. */
  readonly overheadBytes: number;
  /** Nanoseconds for which every message occupies the sender's end of its session before it leaves. */
  readonly overheadNanos: number;
  /** The most that one session may carry; or Infinity. */
  readonly bytesPerSecondMax: number;
  /** Null: a session sends as fast as the links allow from the beginning. */
  readonly slowStart: SlowStartOptions | null;
}

/** Max-min fair, and nothing else. */
export const plainFlows: FlowOptions = {
  law: sharingLaw('maxmin'),
  overheadBytes: 0,
  overheadNanos: 0,
  bytesPerSecondMax: Infinity,
  slowStart: null
};

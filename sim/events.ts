/** What a simulation has yet to do: values in the slots that its queue names. */
import type { Message } from '../core/message.ts';
import type { Input, Instant, Job, NodeId, TimerName } from '../core/node.ts';
import type { WorkRow } from '../core/record.ts';

/** What waits in the event queue. */
export type Event =
  | { readonly kind: 'input'; readonly node: number; readonly input: Input }
  /** The node is free again: the first of its inbox is next. */
  | { readonly kind: 'free'; readonly node: number }
  /** The work that the effects of its latest input wait for is done. */
  | {
      readonly kind: 'worked';
      readonly node: number;
      readonly operation: WorkRow['operation'];
      readonly nanos: number;
      readonly begun: Instant;
    }
  /** What was copied beside a message on its way is copied. */
  | { readonly kind: 'copied'; readonly node: number }
  | {
      readonly kind: 'timer';
      readonly node: number;
      readonly name: TimerName;
      readonly round: number;
    }
  | {
      readonly kind: 'computed';
      readonly node: number;
      readonly id: number;
      readonly job: Job;
      /** Not before. */
      readonly due: Instant;
    }
  | {
      readonly kind: 'send';
      readonly node: number;
      readonly to: NodeId;
      readonly message: Message;
      readonly priority: number;
    }
  /** A message that the network does not carry is there. */
  | { readonly kind: 'arrival'; readonly arrival: Arrival }
  | { readonly kind: 'call'; readonly call: () => void }
  /** What waited is gone, with the life of its node. */
  | { readonly kind: 'nothing' };

/** A message at the end of its way, as what its receiver is to be handed. Nodes by their places. */
export interface Arrival {
  readonly from: number;
  readonly to: number;
  readonly input: Input;
}

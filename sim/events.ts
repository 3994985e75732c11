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
  | {
      readonly kind: 'timer';
      readonly node: number;
      readonly name: TimerName;
      readonly round: number;
    }
  | { readonly kind: 'computed'; readonly node: number; readonly id: number; readonly job: Job }
  | {
      readonly kind: 'send';
      readonly node: number;
      readonly to: NodeId;
      readonly message: Message;
      readonly priority: number;
    };

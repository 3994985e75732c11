/** What a node sends and receives, counted for its rows. */

import type { Message } from '../../core/message.ts';
import { type TrafficClass, trafficClass } from '../../core/message.ts';
import type { NodeId } from '../../core/node.ts';
import type { LinkRow, TrafficRow } from '../../core/record.ts';
import { LinkBuckets } from './link-buckets.ts';

interface Count {
  bytes: number;
  messages: number;
}

export class Traffic {
  readonly #sent: Record<TrafficClass, Count> = {
    training: { bytes: 0, messages: 0 },
    evaluation: { bytes: 0, messages: 0 },
    control: { bytes: 0, messages: 0 }
  };
  readonly #up = new LinkBuckets();
  readonly #down = new LinkBuckets();

  /** The run begins: links are counted over time from here on. */
  begin(now: number): void {
    this.#up.begin(now);
    this.#down.begin(now);
  }

  /** A message of so many bytes, framing included, has been handed over to be sent. */
  sent(kind: Message['kind'], bytes: number): void {
    const count = this.#sent[trafficClass[kind]];
    count.bytes += bytes;
    count.messages += 1;
  }

  /** Bytes have left. */
  left(bytes: number, now: number): void {
    this.#up.add(bytes, now);
  }

  /** Bytes have come in. */
  came(bytes: number, now: number): void {
    this.#down.add(bytes, now);
  }

  row(node: NodeId, workNanos: number): TrafficRow {
    const { training, evaluation, control } = this.#sent;
    return {
      kind: 'traffic',
      node,
      trainingBytes: training.bytes,
      trainingMessages: training.messages,
      evaluationBytes: evaluation.bytes,
      evaluationMessages: evaluation.messages,
      controlBytes: control.bytes,
      controlMessages: control.messages,
      workNanos
    };
  }

  /** `w0 up` and `w0 down`, with the rates they are held to. */
  links(
    node: NodeId,
    upBytesPerSecond: number | null,
    downBytesPerSecond: number | null
  ): LinkRow[] {
    return [
      this.#up.row(`${node} up`, upBytesPerSecond),
      this.#down.row(`${node} down`, downBytesPerSecond)
    ];
  }
}

import { trafficClass } from '../../core/message.ts';
import type { Effect, Input, NodeId } from '../../core/node.ts';
import { type Place, Violation } from './violation.ts';

/**
 * What reaches the nodes, whatever they do first with it: messages of a session in the order of
 * sending, each at most once, and each only after its sender has sent it. Evaluation's messages
 * travel free of the network and may overtake.
 */
export class SessionsCheck {
  /** By sender and receiver: messages sent so far, on all their sessions. */
  readonly #sent = new Map<string, number>();
  /** Handed over, on all their sessions; and the next number on the present one. */
  readonly #taken = new Map<string, number>();
  readonly #next = new Map<string, { session: number; sequence: number }>();
  /** Pairs that have used priorities: what was sent later may come first. */
  readonly #prior = new Set<string>();

  handled(node: NodeId, input: Input, place: Place): void {
    if (input.kind !== 'message') return;
    const { from, session, sequence, message } = input;
    const pair = `${from} ${node}`;
    const taken = (this.#taken.get(pair) ?? 0) + 1;
    this.#taken.set(pair, taken);
    const sent = this.#sent.get(pair) ?? 0;
    if (taken > sent) {
      const detail = `${taken} messages of ${from} are here, it has sent ${sent}`;
      throw new Violation('every message that arrives was sent', detail, place);
    }
    if (trafficClass[message.kind] === 'evaluation' || this.#prior.has(pair)) return;
    const next = this.#next.get(pair);
    if (next !== undefined && next.session === session && sequence < next.sequence) {
      const detail = `number ${sequence} of session ${session} comes after ${next.sequence - 1}`;
      throw new Violation('a session delivers in order', detail, place);
    }
    this.#next.set(pair, { session, sequence: sequence + 1 });
  }

  performed(node: NodeId, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'send') continue;
      const pair = `${node} ${effect.to}`;
      this.#sent.set(pair, (this.#sent.get(pair) ?? 0) + 1);
      if (effect.priority !== 0) this.#prior.add(pair);
    }
  }
}

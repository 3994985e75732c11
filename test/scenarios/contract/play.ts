/**
 * A play about the contract: who receives what and answers with what, written by hand as values of
 * `Input`, `Effect` and `Message`. What is sent lies in flight until it is delivered, in the order of
 * its session, and has been bytes in between. No node runs: these are the protocols still to come, to
 * see that the types can say them.
 */
import * as assert from 'uvu/assert';
import { decode, encode, encodedLength } from '../../../core/codec.ts';
import { describe } from '../../../core/describe.ts';
import type { Message } from '../../../core/message.ts';
import type { Effect, Input, NodeId } from '../../../core/node.ts';
import type { Payload } from '../../../core/params.ts';
import { describeEffect } from '../describe-effect.ts';

interface Flight {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
}

export class Play {
  readonly #lines: string[] = [];
  #flights: Flight[] = [];
  readonly #received = new Map<string, number>();

  /** `title` says what is played, and where the rule comes from. */
  constructor(title: string) {
    this.tell(title);
  }

  /** The play as text. Throws when something that was sent has met no end. */
  finish(): string {
    const left = this.#flights.map(({ from, to, message }) => `${from}→${to} ${describe(message)}`);
    assert.equal(left, [], 'nothing is left in flight');
    return `${this.#lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()}\n`;
  }

  tell(prose: string): void {
    const words = prose.trim().split(/\s+/);
    let line = '#';
    const lines: string[] = [];
    for (const word of words) {
      if (line.length + 1 + word.length > 100) {
        lines.push(line);
        line = '#';
      }
      line += ` ${word}`;
    }
    this.#lines.push('', ...lines, line, '');
  }

  /** A node receives an input other than a message. */
  happens(
    node: NodeId,
    input: Exclude<Input, { kind: 'message' }>,
    effects: readonly Effect[]
  ): void {
    this.#lines.push(`${node} ${describeInput(input)}`);
    this.#perform(node, effects);
  }

  /** The next message of a session arrives. */
  deliver(from: NodeId, to: NodeId, effects: readonly Effect[]): void {
    const flight = this.#flights.find(one => one.from === from && one.to === to);
    if (flight === undefined) throw new Error(`nothing is in flight from ${from} to ${to}`);
    this.#flights = this.#flights.filter(one => one !== flight);
    const session = `${from} ${to}`;
    const sequence = this.#received.get(session) ?? 0;
    this.#received.set(session, sequence + 1);
    const { message } = flight;
    const input: Input = { kind: 'message', from, session: 0, sequence, message };
    this.#lines.push(`${from}→${to} ${describeInput(input)}`);
    this.#perform(to, effects);
  }

  /** A node ends without a word: what it has in flight, and what is in flight to it, is lost. */
  crash(node: NodeId): void {
    this.#lines.push(`${node} crashes`);
    const lost = this.#flights.filter(({ from, to }) => from === node || to === node);
    for (const { from, to, message } of lost) {
      this.#lines.push(`  lost: ${from}→${to} ${describe(message)}`);
    }
    this.#flights = this.#flights.filter(flight => !lost.includes(flight));
  }

  #perform(node: NodeId, effects: readonly Effect[]): void {
    for (const effect of effects) {
      const line = describeEffect(effect, () => 'values');
      if (line !== null) this.#lines.push(`  ${line}`);
      if (effect.kind === 'send') {
        this.#flights.push({ from: node, to: effect.to, message: throughBytes(effect.message) });
      }
    }
  }
}

/** A message as it is after it has been bytes; the codec must give back what it was given. */
function throughBytes(message: Message): Message {
  const parts = encode(message);
  const frame = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    frame.set(part, offset);
    offset += part.length;
  }
  assert.is(frame.length, encodedLength(message));
  const decoded = decode(frame);
  assert.equal(decoded, message);
  return decoded;
}

/** An effect: `message` to `to`. */
export function send(to: NodeId, message: Message): Effect {
  return { kind: 'send', to, message, priority: 0 };
}

/** Values as a compressor's format has them; as they are, by default. */
export function payload(values: readonly number[], format = 'none'): Payload {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return { format, elements: values.length, byteLength: bytes.length, bytes };
}

function describeInput(input: Input): string {
  switch (input.kind) {
    case 'message':
      return describe(input.message);
    case 'start':
      return `starts its life ${input.incarnation}${input.restored === null ? '' : ' from a snapshot'}`;
    case 'computed':
      return `has computed #${input.id}`;
    case 'timer':
      return `timer ${input.name}`;
    case 'persisted':
      return `has persisted #${input.id}${input.failure === null ? '' : `: ${input.failure}`}`;
    case 'session-up':
      return `has a session with ${input.peer}, in its life ${input.incarnation}`;
    case 'session-down':
      return `has lost its session with ${input.peer}`;
    case 'drained':
      return `may send ${input.credit} bytes to ${input.peer}`;
  }
}

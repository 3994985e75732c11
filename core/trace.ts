/**
 * The trace of a node: every input with its time, and a digest of the effects that it had. A message
 * is a reference, since the sender's replay yields its bytes; a gradient is a digest, since the
 * device recomputes it from the batch and the params. So a trace is small, and a replay that agrees
 * has recomputed every bit of the run.
 */
import { encode } from './codec.ts';
import { Digest } from './digest.ts';
import type { Message } from './message.ts';
import { mapPayloads } from './message-payloads.ts';
import type { Effect, Input, Instant, Job, NodeId, Result } from './node.ts';
import { unreachable } from './unreachable.ts';

const nothing = new Uint8Array(0);

/** One line of a trace: (now, input, digest of the effects). */
export interface TraceLine {
  readonly now: Instant;
  readonly input: TracedInput;
  readonly effects: string;
}

/** An input as data. Everything but messages and gradients is as it was. */
export type TracedInput =
  | Exclude<Input, { kind: 'message' | 'computed' | 'start' }>
  | { readonly kind: 'start'; readonly incarnation: number }
  /** The message number `sequence` that `from` sent on its session. */
  | {
      readonly kind: 'message';
      readonly from: NodeId;
      readonly session: number;
      readonly sequence: number;
    }
  | { readonly kind: 'computed'; readonly id: number; readonly result: TracedResult };

/** A result as data: small ones whole, gradients by digest. */
export type TracedResult =
  | Exclude<Result, { kind: 'gradient' | 'keys' }>
  | { readonly kind: 'recomputed'; readonly digest: string };

/** The line of one input. */
export function traceLine(now: Instant, input: Input, effects: readonly Effect[]): TraceLine {
  return { now, input: traceInput(input), effects: digestEffects(effects) };
}

function traceInput(input: Input): TracedInput {
  switch (input.kind) {
    case 'start':
      return { kind: 'start', incarnation: input.incarnation };
    case 'message': {
      const { from, session, sequence } = input;
      return { kind: 'message', from, session, sequence };
    }
    case 'computed':
      return { kind: 'computed', id: input.id, result: traceResult(input.result) };
    default:
      return input;
  }
}

function traceResult(result: Result): TracedResult {
  if (result.kind !== 'gradient' && result.kind !== 'keys') return result;
  return { kind: 'recomputed', digest: digestResult(result) };
}

/** Digest of a gradient or of keys. */
export function digestResult(result: Result): string {
  const digest = new Digest().text(result.kind);
  if (result.kind === 'gradient') {
    const { loss, samples, update } = result;
    digest.text(`${loss} ${samples} ${update.length}`);
    if (update.keys.kind === 'some') digest.words(update.keys.rows);
    if (update.values !== null) digest.values(update.values);
  }
  if (result.kind === 'keys' && result.keys.kind === 'some') digest.words(result.keys.rows);
  return digest.toString();
}

/** Digest of effects, in order: what two runs of one node agree in, when they agree at all. */
export function digestEffects(effects: readonly Effect[]): string {
  if (effects.length === 0) return '';
  const digest = new Digest();
  for (const effect of effects) digestEffect(digest, effect);
  return digest.toString();
}

function digestEffect(digest: Digest, effect: Effect): void {
  digest.text(effect.kind);
  switch (effect.kind) {
    case 'send':
      digest.text(`${effect.to} ${effect.priority}`);
      digestMessage(digest, effect.message);
      return;
    case 'compute':
      digest.text(`${effect.id} ${describeJob(effect.job)}`);
      return;
    case 'record':
      digest.text(JSON.stringify(effect.row));
      return;
    case 'persist':
      digest.text(`${effect.id} ${effect.slot}`);
      return;
    case 'stop':
      digest.text(JSON.stringify(effect.outcome));
      return;
    case 'set-timer':
      digest.text(`${effect.name} ${effect.at}`);
      return;
    case 'clear-timer':
      digest.text(effect.name);
      return;
    case 'cancel':
      digest.text(String(effect.id));
      return;
    case 'work':
      digest.text(`${effect.operation} ${effect.elements}`);
      return;
    default:
      unreachable(effect);
  }
}

// By its bytes. A timing-only payload counts with the length that it has in place of content.
function digestMessage(digest: Digest, message: Message): void {
  const encodable = mapPayloads(message, payload => {
    if (payload.bytes !== null) return payload;
    digest.text(String(payload.byteLength));
    return { ...payload, byteLength: 0, bytes: nothing };
  });
  for (const bytes of encode(encodable)) digest.bytes(bytes);
}

function describeJob(job: Job): string {
  const versions = 'params' in job ? job.params.parts.map(part => part.version).join(',') : '';
  const batch = job.kind === 'evaluation' ? `cut ${job.cut}` : `w${job.worker} ${job.clock}`;
  return `${job.kind} ${batch} ${versions}`;
}

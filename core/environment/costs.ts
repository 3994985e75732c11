/** Prices of the CPU work of nodes: what the simulator charges for it. They may differ by role and node. */
import { z } from 'zod';
import { encodedLength } from '../codec.ts';
import { expected } from '../expected.ts';
import { type Message, trafficClassOf } from '../message.ts';
import type { Effect, Input, NodeId } from '../node.ts';
import { rankOf } from '../node-id.ts';
import { type ComputeDraw, ComputeSchema, computeDraw, instant } from './compute.ts';
import { NANOS_MAX, SERVICE } from './keys.ts';
import { ofNode } from './overrides.ts';

const price = z.number({ error: 'a price is a number of nanoseconds: 5' }).min(0).max(1e9);
const prices = expected('prices', '{"applyNanosPerElement": 1, "messageNanos": 5000}');

const some = {
  encodeNanosPerElement: price.optional(),
  decodeNanosPerElement: price.optional(),
  applyNanosPerElement: price.optional(),
  messageNanos: price.optional(),
  serialiseNanosPerByte: price.optional(),
  copyNanosPerByte: price.optional(),
  overlappedNanosPerByte: price.optional(),
  service: ComputeSchema.optional()
};
const SomeSchema = z.strictObject(some, prices);

const all = {
  /** For each float32 that a payload is made of, read into, or that an update is applied to. */
  encodeNanosPerElement: price.default(0),
  decodeNanosPerElement: price.default(0),
  applyNanosPerElement: price.default(0),
  /** For each training message, however short: of who sends it, and of who takes it in. */
  messageNanos: price.default(0),
  /** For each byte of it: writing it out, of who sends it. */
  serialiseNanosPerByte: price.default(0),
  /** For each byte of it: copies to the network and from it, of who sends it and who takes it in. */
  copyNanosPerByte: price.default(0),
  /**
   * For each byte of it: what a kernel copies while the message is on its way, of who sends it and who
   * takes it in. It delays nothing but what wants the same cores.
   */
  overlappedNanosPerByte: price.default(0),
  /**
   * Law of a time that each training message takes its receiver besides, before anything comes of it:
   * with `exponential:1ms` a server is the M/M/1 station of the textbooks. One draw a message, keyed
   * by its worker, server, clock and kind.
   */
  service: ComputeSchema.default(instant()),
  /** Where the prices of all workers, or of all servers, differ. */
  workers: SomeSchema.default({}),
  servers: SomeSchema.default({}),
  /** Where those of single nodes differ: `w3`, `s0`. */
  nodes: z
    .record(z.string(), SomeSchema, expected('prices by node', '{"s0": {"messageNanos": 5000}}'))
    .default({})
};
/** Nanoseconds of CPU time. All 0: work is free. */
export const CostsSchema = z.strictObject(all, prices);
export type CostsConfig = z.output<typeof CostsSchema>;

/** The prices of one node. */
type NodeCosts = Omit<CostsConfig, 'workers' | 'servers' | 'nodes'>;

/** Work is free. */
export function free(): CostsConfig {
  return costs({});
}

/** A price list; what it leaves out is free. */
export function costs(prices: z.input<typeof CostsSchema>): CostsConfig {
  return CostsSchema.parse(prices);
}

/** What a node pays for what it does, in whole nanoseconds of CPU time. */
export interface Prices {
  /** For an effect, before what follows it; a message is paid for before it leaves. */
  effectNanos(effect: Effect): number;
  /** For taking an input in, before the effects that it has. */
  inputNanos(input: Input): number;
  /** For a message that leaves it or is on its way to it, beside the way. */
  overlappedNanos(message: Message): number;
}

/** The prices of a node; null when all that it does is free. */
export function createPrices(config: CostsConfig, seed: number, node: NodeId): Prices | null {
  const own = costsOf(config, node);
  const { serialiseNanosPerByte, copyNanosPerByte, overlappedNanosPerByte, messageNanos } = own;
  const draw = own.service.kind === 'instant' ? null : computeDraw(own.service, seed, SERVICE);
  const numbers = Object.values(own).filter(value => typeof value === 'number');
  if (draw === null && numbers.every(value => value === 0)) return null;
  const sentByte = serialiseNanosPerByte + copyNanosPerByte;
  return {
    effectNanos(effect) {
      if (effect.kind === 'work')
        return Math.round(own[elementPrice[effect.operation]] * effect.elements);
      if (effect.kind !== 'send' || trafficClassOf(effect.message) !== 'training') return 0;
      return messagePrice(effect.message, messageNanos, sentByte);
    },
    inputNanos(input) {
      if (input.kind !== 'message' || trafficClassOf(input.message) !== 'training') return 0;
      const { message, from } = input;
      const nanos = messagePrice(message, messageNanos, copyNanosPerByte);
      if (draw === null) return nanos;
      return nanos + Math.min(Math.round(serviceNanos(draw, node, from, message)), NANOS_MAX);
    },
    overlappedNanos(message) {
      if (overlappedNanosPerByte === 0 || trafficClassOf(message) !== 'training') return 0;
      return messagePrice(message, 0, overlappedNanosPerByte);
    }
  };
}

/** What holds for a node: its own prices, else those of its role, else those of all. */
export function costsOf(config: CostsConfig, node: NodeId): NodeCosts {
  const { workers, servers, nodes, ...all } = config;
  return ofNode(all, { workers, servers, nodes }, node);
}

const elementPrice = {
  encode: 'encodeNanosPerElement',
  decode: 'decodeNanosPerElement',
  apply: 'applyNanosPerElement'
} as const;

function messagePrice(message: Message, nanos: number, nanosPerByte: number): number {
  return Math.round(nanos + (nanosPerByte === 0 ? 0 : nanosPerByte * encodedLength(message)));
}

/** Kinds of message that have a service time, each with its part of the key. */
const kinds = ['push', 'pull', 'answer', 'offer'];

// A message between a worker and a server, whoever of the two takes it in.
function serviceNanos(draw: ComputeDraw, node: NodeId, from: NodeId, message: Message): number {
  const kind = kinds.indexOf(message.kind);
  if (kind < 0) return 0;
  const [worker, server] = node.startsWith('w') ? [node, from] : [from, node];
  const clock =
    message.kind === 'offer' ? message.reply.clock : 'clock' in message ? message.clock : 0;
  return draw(rankOf(worker), clock ?? 0, rankOf(server) * kinds.length + kind);
}

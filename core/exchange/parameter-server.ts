/** The exchange through parameter servers: a push to every shard, and an answer of every shard. */

import type { Compressor, Memory } from '../compression/compressor.ts';
import { createCompressor, createMemory } from '../compression/registry.ts';
import type {
  Answer,
  Contribution,
  CutRequest,
  Mark,
  Message,
  Pull,
  Push,
  Want
} from '../message.ts';
import type { Effect, Instant, NodeId, Snapshot } from '../node.ts';
import { rankOf, serverId } from '../node-id.ts';
import type { Part, Payload } from '../params.ts';
import type { RunSetup } from '../setup.ts';
import { shardKeys, sliceFor, sliceUpdate } from '../sharding.ts';
import { allKeys, type KeySet } from '../tensors.ts';
import { viewValues } from '../values.ts';
import type { View } from '../view.ts';
import type { Exchange, Exchanged, OwnContribution } from './exchange.ts';

export class ParameterServerExchange implements Exchange {
  readonly peers: readonly NodeId[];
  readonly #setup: RunSetup;
  readonly #worker: number;
  readonly #compressor: Compressor;
  readonly #memory: Memory | null;
  /** What a server will decode, for the memory, which keeps nothing of it. */
  #decoded = new Float32Array(0);
  readonly #common: Common;
  /** By server: what is sent and not answered; at most one push or pull each. */
  readonly #outstanding: (Push | Pull | null)[];
  /** By server: version that the next contribution is computed from. */
  readonly #base: number[];
  /** By server: the params that it has answered with. */
  readonly #values: (Float32Array | null)[];
  #view = 0;
  #incarnation = 0;
  #keys: KeySet = allKeys;
  #wanted = false;
  #waiting = 0;
  /** The pulls under way; null where an iteration is being given. */
  #opening: Opening | null = null;
  /** The latest mark: stamped on pushes, and sent again with them. */
  #marked: Mark | null = null;
  /** Staleness of the update over the shards that have applied it so far. */
  #applied = 0;
  #stalenessSum = 0;
  #stalenessMax = 0;

  constructor(setup: RunSetup, worker: number) {
    const { config } = setup;
    this.#setup = setup;
    this.#worker = worker;
    this.#compressor = createCompressor(config.compressor);
    this.#memory = createMemory(config.compressor);
    this.#common = commonOf(setup);
    this.peers = this.#common.peers;
    this.#outstanding = this.peers.map(() => null);
    this.#base = this.peers.map(() => 0);
    this.#values = this.peers.map(() => null);
  }

  enter(view: View, incarnation: number, effects: Effect[]): void {
    this.#view = view.number;
    this.#incarnation = incarnation;
    for (let server = 0; server < this.peers.length; server++) {
      const sent = this.#outstanding[server];
      if (sent) this.#send(server, { ...sent, view: view.number }, effects);
    }
  }

  open(clock: number, keys: KeySet, effects: Effect[]): void {
    this.#expect(keys);
    this.#opening = { clock, slowest: this.peers.map(() => 0) };
    const view = this.#view;
    for (let server = 0; server < this.peers.length; server++) {
      const some = shardKeys(this.#setup.assignment, server, keys);
      this.#send(server, { kind: 'pull', view, clock, keys: some, base: null }, effects);
    }
  }

  contribute(own: OwnContribution, next: KeySet | null, effects: Effect[]): void {
    this.#expect(next);
    for (let server = 0; server < this.peers.length; server++) {
      this.#push(server, own.clock, this.#contribution(server, own, effects), next, effects);
    }
  }

  handle(from: NodeId, message: Message, effects: Effect[], _now: Instant): Exchanged | null {
    if (message.kind !== 'answer') return null;
    const server = rankOf(from);
    const sent = this.#outstanding[server];
    const { reply } = message;
    if (!sent || !answers(message, sent)) return null;
    this.#settle(server, message);
    if (this.#wanted && reply === null) return null;
    this.#outstanding[server] = null;
    if (reply !== null) {
      const values = viewValues(reply.payload);
      if (this.#opening !== null) this.#opening.slowest[server] = reply.slowest;
      if (this.#compressorWork(reply.payload)) {
        effects.push({ kind: 'work', operation: 'decode', elements: reply.payload.elements });
      }
      this.#base[server] = reply.version;
      this.#values[server] = values;
    }
    this.#waiting -= 1;
    if (this.#waiting > 0 || this.#catchUp(effects)) return null;
    return this.#end(reply?.parkedNanos ?? 0);
  }

  reconnect(peer: NodeId, effects: Effect[]): void {
    if (!this.peers.includes(peer)) return;
    const message = this.#marked;
    if (message !== null) effects.push({ kind: 'send', to: peer, message, priority: 0 });
    const server = rankOf(peer);
    const sent = this.#outstanding[server];
    if (sent) this.#send(server, sent, effects);
  }

  mark({ view, number, final }: CutRequest, clock: number, effects: Effect[]): void {
    const message: Mark = { kind: 'mark', view, number, clock, final };
    this.#marked = message;
    for (const to of this.peers) {
      effects.push({ kind: 'send', to, message, priority: 0 });
    }
  }

  snapshot(): Snapshot {
    return {
      base: [...this.#base],
      cut: this.#marked?.number ?? 0,
      waiting: this.#waiting,
      memory: this.#memory?.snapshot() ?? null
    };
  }

  #expect(keys: KeySet | null): void {
    this.#wanted = keys !== null;
    this.#keys = keys ?? allKeys;
    this.#waiting = this.peers.length;
    this.#values.fill(null);
    this.#opening = null;
    this.#applied = 0;
    this.#stalenessSum = 0;
    this.#stalenessMax = 0;
  }

  // A joiner begins where the farthest server is, and the others would wait there for iterations that
  // it never had: to them it ends those with nothing. Returns whether there is one to wait for.
  #catchUp(effects: Effect[]): boolean {
    const opening = this.#opening;
    if (opening === null) return false;
    const { clock, slowest } = opening;
    const begin = Math.max(...slowest);
    if (begin <= clock) return false;
    opening.clock = begin;
    for (let server = 0; server < this.peers.length; server++) {
      if (slowest[server] === begin) continue;
      this.#waiting += 1;
      this.#push(server, begin - 1, { kind: 'empty' }, this.#keys, effects);
    }
    return this.#waiting > 0;
  }

  #push(
    server: number,
    clock: number,
    contribution: Contribution,
    next: KeySet | null,
    effects: Effect[]
  ): void {
    const push: Push = {
      kind: 'push',
      view: this.#view,
      incarnation: this.#incarnation,
      clock,
      round: 0,
      cut: this.#marked?.number ?? 0,
      base: this.#base[server]!,
      contribution,
      want: next === null ? null : this.#want(server, next),
      origins: null
    };
    this.#send(server, push, effects);
  }

  #want(server: number, keys: KeySet): Want {
    if (keys === allKeys) return wantAll;
    return { keys: shardKeys(this.#setup.assignment, server, keys), base: null };
  }

  #send(server: number, message: Push | Pull, effects: Effect[]): void {
    this.#outstanding[server] = message;
    effects.push({ kind: 'send', to: this.peers[server]!, message, priority: 0 });
  }

  #contribution(server: number, own: OwnContribution, effects: Effect[]): Contribution {
    const { update, clock, samples } = own;
    if (update === null) return { kind: 'empty' };
    if (update.values === null && update.keys === allKeys) {
      return this.#silentContribution(server, samples, effects);
    }
    const { assignment, layout } = this.#setup;
    const keys = shardKeys(assignment, server, update.keys);
    const slice = sliceFor(layout, assignment, server, update.keys);
    const format = this.#compressor.format;
    let bytes: Uint8Array | null = null;
    const values = sliceUpdate(assignment, server, update);
    if (values !== null) {
      const owed = this.#memory?.compensate(server, clock, values) ?? values;
      const { seed } = this.#setup.config;
      bytes = this.#compressor.encode(owed, slice, {
        seed,
        worker: this.#worker,
        server,
        clock,
        round: 0
      });
      this.#remember(server, clock, owed, bytes);
    }
    const byteLength = bytes?.byteLength ?? this.#compressor.byteLength(slice);
    const payload = { format, elements: slice.length, byteLength, bytes };
    this.#declareEncoding(payload, effects);
    return { kind: 'gradient', keys, payload, samples };
  }

  #silentContribution(server: number, samples: number, effects: Effect[]): Contribution {
    const { silent } = this.#common;
    let contribution = silent[server];
    if (contribution?.kind !== 'gradient' || contribution.samples !== samples) {
      const { assignment, layout } = this.#setup;
      const slice = sliceFor(layout, assignment, server, allKeys);
      const { format } = this.#compressor;
      const byteLength = this.#compressor.byteLength(slice);
      const payload = { format, elements: slice.length, byteLength, bytes: null };
      contribution = { kind: 'gradient', keys: allKeys, payload, samples };
      silent[server] = contribution;
    }
    this.#declareEncoding(contribution.payload, effects);
    return contribution;
  }

  #declareEncoding(payload: Payload, effects: Effect[]): void {
    if (!this.#compressorWork(payload)) return;
    effects.push({ kind: 'work', operation: 'encode', elements: payload.elements });
  }

  #remember(server: number, clock: number, owed: Float32Array, bytes: Uint8Array): void {
    if (this.#memory === null) return;
    const { format } = this.#compressor;
    const payload = { format, elements: owed.length, byteLength: bytes.byteLength, bytes };
    if (this.#decoded.length < owed.length) this.#decoded = new Float32Array(owed.length);
    const sent = this.#compressor.decode(payload, this.#decoded);
    this.#memory.update(server, clock, owed, sent);
  }

  #compressorWork(payload: Payload): boolean {
    return payload.format !== 'none' && payload.elements > 0;
  }

  #settle(server: number, answer: Answer): void {
    for (const settlement of answer.settled) {
      this.#memory?.settle(server, settlement.clock, settlement.fate === 'applied');
      if (settlement.fate !== 'applied') continue;
      this.#applied += 1;
      this.#stalenessSum += settlement.staleness;
      this.#stalenessMax = Math.max(this.#stalenessMax, settlement.staleness);
    }
  }

  #end(parkedNanos: number): Exchanged {
    const applied = this.#applied;
    return {
      params: this.#wanted ? { keys: this.#keys, parts: this.#parts() } : null,
      begins: this.#opening?.clock ?? 0,
      parkedNanos,
      stalenessMax: applied === 0 ? null : this.#stalenessMax,
      stalenessMean: applied === 0 ? null : this.#stalenessSum / applied,
      applied
    };
  }

  // All servers have answered. Made at the end: a worker waits long with most answers there.
  #parts(): Part[] {
    return this.#values.map((values, server) => ({ server, version: this.#base[server]!, values }));
  }
}

interface Opening {
  clock: number;
  /** By server: the slowest clock that its latest reply told. */
  readonly slowest: number[];
}

/** What the workers of a run have in common. */
interface Common {
  readonly peers: readonly NodeId[];
  /** By server: the contribution where there are no values. */
  readonly silent: (Contribution | undefined)[];
}

const commons = new WeakMap<RunSetup, Common>();

function commonOf(setup: RunSetup): Common {
  let common = commons.get(setup);
  if (common === undefined) {
    const { servers } = setup.config;
    common = { peers: Array.from({ length: servers }, (_, rank) => serverId(rank)), silent: [] };
    commons.set(setup, common);
  }
  return common;
}

const wantAll: Want = { keys: allKeys, base: null };

/**
 * Whether this is the answer to what is outstanding. After a resend two may come: one to a pull and
 * one to the push of the same clock differ in the iteration that may start.
 */
function answers({ clock, reply }: Answer, sent: Push | Pull): boolean {
  if (clock !== sent.clock) return false;
  if (reply === null) return sent.kind === 'push';
  return reply.clock === (sent.kind === 'push' ? clock + 1 : clock);
}

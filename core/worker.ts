/**
 * A worker: the learning loop. It computes the gradient of its batch, hands it to the exchange, and
 * starts the next iteration when the exchange brings the params for it. It knows no consistency
 * model: waiting is the exchange's answer not being there yet.
 */
import type { Exchange, Exchanged } from './exchange/exchange.ts';
import { ParameterServerExchange } from './exchange/parameter-server.ts';
import type { Effect, Input, Instant, Node, NodeId, Result, Snapshot } from './node.ts';
import type { Message } from './message.ts';
import type { Params } from './params.ts';
import type { RunSetup } from './setup.ts';
import { allKeys, type KeySet } from './tensors.ts';

type GradientResult = Extract<Result, { kind: 'gradient' }>;

/** What the worker is at: waiting for peers or the view, for the exchange, for its device; or at the end. */
type Phase = 'joining' | 'exchanging' | 'computing' | 'finished' | 'halted';

export class Worker implements Node {
  readonly id: NodeId;
  readonly #rank: number;
  readonly #setup: RunSetup;
  readonly #exchange: Exchange;
  readonly #missing: Set<NodeId>;
  #phase: Phase = 'joining';
  #incarnation = 0;
  #view = 0;
  /** Iterations ended. */
  #clock = 0;
  #computation = -1;
  #started: Instant = 0;
  #computed: Instant = 0;
  #loss: number | null = null;

  constructor(setup: RunSetup, rank: number) {
    this.id = `w${rank}`;
    this.#rank = rank;
    this.#setup = setup;
    this.#exchange = new ParameterServerExchange(setup, rank);
    this.#missing = new Set<NodeId>(['c', ...this.#exchange.peers]);
  }

  handle(input: Input, now: Instant): readonly Effect[] {
    const effects: Effect[] = [];
    if (this.#phase === 'halted') return effects;
    switch (input.kind) {
      case 'start':
        this.#incarnation = input.incarnation;
        break;
      case 'session-up':
        this.#meet(input.peer, effects);
        break;
      case 'message':
        this.#receive(input.from, input.message, effects, now);
        break;
      case 'computed':
        if (input.id === this.#computation) this.#finish(input.result, effects, now);
        break;
      case 'session-down':
      case 'timer':
      case 'persisted':
      case 'drained':
        break;
    }
    return effects;
  }

  snapshot(): Snapshot {
    return {
      clock: this.#clock,
      view: this.#view,
      incarnation: this.#incarnation,
      exchange: this.#exchange.snapshot()
    };
  }

  #meet(peer: NodeId, effects: Effect[]): void {
    if (this.#phase !== 'joining') this.#exchange.reconnect(peer, effects);
    else if (this.#missing.delete(peer) && this.#missing.size === 0) {
      const join = { kind: 'join', incarnation: this.#incarnation } as const;
      effects.push({ kind: 'send', to: 'c', message: join, priority: 0 });
    }
  }

  #receive(from: NodeId, message: Message, effects: Effect[], now: Instant): void {
    switch (message.kind) {
      case 'view':
        this.#enter(message.view.number, effects);
        break;
      case 'cut':
        this.#mark(message.number, message.final, effects);
        break;
      case 'abort':
        if (message.clock === this.#clock) this.#abort(message.restart, effects, now);
        break;
      case 'halt':
        this.#cancel(effects);
        this.#phase = 'halted';
        effects.push({ kind: 'send', to: 'c', message: { kind: 'halted' }, priority: 0 });
        effects.push({ kind: 'stop', outcome: outcomeOf(message.reason) });
        break;
      default: {
        const exchanged = this.#exchange.handle(from, message, effects, now);
        if (exchanged !== null) this.#exchanged(exchanged, effects, now);
      }
    }
  }

  #enter(view: number, effects: Effect[]): void {
    const first = this.#view === 0;
    this.#view = view;
    if (!first) return;
    this.#phase = 'exchanging';
    // A sparse model pulls only what its batch touches, and the device knows what that is.
    if (this.#setup.sparse) {
      this.#compute({ kind: 'keys', worker: this.#rank, clock: this.#clock }, effects);
    } else this.#exchange.open(this.#view, this.#clock, allKeys, effects);
  }

  #exchanged(exchanged: Exchanged, effects: Effect[], now: Instant): void {
    if (this.#phase !== 'exchanging') return;
    if (this.#clock > 0) this.#recordIteration(exchanged, effects, now);
    if (exchanged.params === null) {
      this.#end(false, effects);
      return;
    }
    this.#begin(exchanged.params, effects, now);
  }

  #begin(params: Params, effects: Effect[], now: Instant): void {
    this.#phase = 'computing';
    this.#started = now;
    this.#compute({ kind: 'gradient', worker: this.#rank, clock: this.#clock, params }, effects);
  }

  #finish(result: Result, effects: Effect[], now: Instant): void {
    switch (result.kind) {
      case 'keys':
        this.#exchange.open(this.#view, this.#clock, result.keys, effects);
        break;
      case 'gradient':
        this.#computed = now;
        this.#loss = result.loss;
        if (isFinite(result)) this.#give(result, effects);
        else this.#end(true, effects);
        break;
      case 'failure':
        effects.push({ kind: 'stop', outcome: { kind: 'failed', reason: result.reason } });
        this.#phase = 'halted';
        break;
      case 'evaluation':
        throw new Error('a worker asks for no evaluation');
    }
  }

  #give(result: GradientResult, effects: Effect[]): void {
    const { update, samples, nextKeys } = result;
    const contribution = { view: this.#view, clock: this.#clock, update, samples };
    this.#clock += 1;
    this.#phase = 'exchanging';
    const limit = this.#setup.config.stopAt.iterations ?? Infinity;
    const next: KeySet | null = this.#clock >= limit ? null : (nextKeys ?? allKeys);
    this.#exchange.contribute(contribution, next, effects);
  }

  // An order of the consistency model: this iteration's gradient is not wanted any more.
  #abort(restart: boolean, effects: Effect[], now: Instant): void {
    if (this.#phase !== 'computing') return;
    this.#cancel(effects);
    this.#computed = now;
    this.#loss = null;
    this.#phase = 'exchanging';
    if (restart) {
      this.#exchange.open(this.#view, this.#clock, allKeys, effects);
      return;
    }
    const contribution = { view: this.#view, clock: this.#clock, update: null, samples: 0 };
    this.#clock += 1;
    this.#exchange.contribute(contribution, allKeys, effects);
  }

  #mark(number: number, final: boolean, effects: Effect[]): void {
    this.#exchange.mark(number, this.#clock, final, effects);
    if (!final || this.#phase === 'finished') return;
    // Nothing follows a final cut: what is being computed would belong to no result.
    this.#cancel(effects);
    this.#phase = 'finished';
  }

  #end(diverged: boolean, effects: Effect[]): void {
    this.#phase = 'finished';
    const message = { kind: 'finished', clock: this.#clock, diverged } as const;
    effects.push({ kind: 'send', to: 'c', message, priority: 0 });
  }

  #compute(job: Extract<Effect, { kind: 'compute' }>['job'], effects: Effect[]): void {
    this.#computation += 1;
    effects.push({ kind: 'compute', id: this.#computation, job });
  }

  #cancel(effects: Effect[]): void {
    if (this.#phase !== 'computing') return;
    effects.push({ kind: 'cancel', id: this.#computation });
  }

  #recordIteration(exchanged: Exchanged, effects: Effect[], now: Instant): void {
    const { parkedNanos, stalenessMax, stalenessMean, applied } = exchanged;
    effects.push({
      kind: 'record',
      row: {
        kind: 'iteration',
        node: this.id,
        clock: this.#clock - 1,
        started: this.#started,
        computed: this.#computed,
        ended: now,
        parkedNanos,
        loss: this.#loss,
        stalenessMax,
        stalenessMean,
        applied
      }
    });
  }
}

// A sum is finite exactly when no term is NaN or infinite, but for overflow, which diverges too.
function isFinite(result: GradientResult): boolean {
  if (result.loss !== null && !Number.isFinite(result.loss)) return false;
  const values = result.update.values;
  if (values === null) return true;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}

function outcomeOf(reason: Extract<Message, { kind: 'halt' }>['reason']): Extract<Effect, { kind: 'stop' }>['outcome'] {
  if (reason === 'failed' || reason === 'diverged') return { kind: 'failed', reason };
  return { kind: 'done', reason };
}

/**
 * A worker: the learning loop. It computes the gradient of its batch, hands it to the exchange, and
 * starts the next iteration when the exchange brings the params for it. It knows no consistency
 * model: waiting is the exchange's answer not being there yet.
 */
import { isPayloadError } from './compression/compressor.ts';
import { failed, outcomeOf } from './ending.ts';
import type { Exchange, Exchanged, OwnContribution } from './exchange/exchange.ts';
import { ParameterServerExchange } from './exchange/parameter-server.ts';
import type { CutRequest, Failed, Finished, Message } from './message.ts';
import type { Effect, Input, Instant, Job, Node, NodeId, Result, Snapshot } from './node.ts';
import type { Params } from './params.ts';
import type { RunSetup } from './setup.ts';
import { allKeys, type KeySet } from './tensors.ts';
import type { View } from './view.ts';

type GradientResult = Extract<Result, { kind: 'gradient' }>;

/** For a pull of nothing. */
const noKeys: KeySet = { kind: 'some', ranges: [], rows: new Uint32Array(0), width: 1 };

/** What the worker is at: waiting for peers or the view, for the exchange, for its device; or at the end. */
type Phase = 'joining' | 'exchanging' | 'computing' | 'finished' | 'halted';

export class Worker implements Node {
  readonly id: NodeId;
  readonly #rank: number;
  readonly #setup: RunSetup;
  readonly #exchange: Exchange;
  readonly #missing: Set<NodeId>;
  /** Iterations to end. */
  readonly #limit: number;
  #phase: Phase = 'joining';
  #incarnation = 0;
  #view = 0;
  /** Iterations ended. */
  #clock = 0;
  /** Computations asked for, and the one whose result is waited for. */
  #computations = 0;
  #computing: number | null = null;
  /** Whether the exchange under way has taken an iteration, and not only asked for params. */
  #gave = false;
  /** Whether the params asked for may lack keys of the batch, which the device has yet to tell. */
  #blind = false;
  /** The newest cut that was marked, and one that waits for its view or for the clock. */
  #marked = 0;
  #request: CutRequest | null = null;
  /** Whether the first params have come, and with them the clock to begin at. */
  #hasClock = false;
  /** What the coordinator was told last; it is told again when its session was lost. */
  #told: Finished | Failed | null = null;
  #started: Instant = 0;
  #computed: Instant = 0;
  #loss: number | null = null;

  constructor(setup: RunSetup, rank: number) {
    this.id = `w${rank}`;
    this.#rank = rank;
    this.#setup = setup;
    this.#limit = setup.config.stopAt.iterations ?? Infinity;
    this.#exchange = new ParameterServerExchange(setup, rank);
    this.#missing = new Set<NodeId>(['c', ...this.#exchange.peers]);
  }

  handle(input: Input, now: Instant): readonly Effect[] {
    const effects: Effect[] = [];
    if (this.#phase === 'halted') return effects;
    try {
      this.#take(input, effects, now);
    } catch (error) {
      if (!isPayloadError(error)) throw error;
      this.#cancel(effects);
      this.#end(failed(error.message), effects);
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

  #take(input: Input, effects: Effect[], now: Instant): void {
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
        if (input.id === this.#computing) this.#finish(input.result, effects, now);
        break;
      case 'session-down':
      case 'timer':
      case 'persisted':
      case 'drained':
        break;
    }
  }

  #meet(peer: NodeId, effects: Effect[]): void {
    if (this.#phase === 'joining') {
      const last = this.#missing.delete(peer) || peer === 'c';
      if (last && this.#missing.size === 0) {
        this.#tell({ kind: 'join', incarnation: this.#incarnation }, effects);
      }
    } else if (peer !== 'c') this.#exchange.reconnect(peer, effects);
    else if (this.#told !== null) this.#tell(this.#told, effects);
  }

  #receive(from: NodeId, message: Message, effects: Effect[], now: Instant): void {
    switch (message.kind) {
      case 'view':
        this.#enter(message.view, effects);
        break;
      case 'cut':
        this.#mark(message, effects);
        break;
      case 'abort':
        if (message.clock === this.#clock) this.#abort(message.restart, effects, now);
        break;
      case 'halt':
        this.#cancel(effects);
        this.#phase = 'halted';
        this.#tell({ kind: 'halted' }, effects);
        effects.push({ kind: 'stop', outcome: outcomeOf(message.reason) });
        break;
      default: {
        const exchanged = this.#exchange.handle(from, message, effects, now);
        if (exchanged !== null) this.#exchanged(exchanged, effects, now);
      }
    }
  }

  #enter(view: View, effects: Effect[]): void {
    if (view.number <= this.#view || !this.#isMember(view)) return;
    this.#view = view.number;
    this.#exchange.enter(view, this.#incarnation, effects);
    if (this.#phase === 'joining') this.#open(effects);
    else if (this.#request !== null) this.#mark(this.#request, effects);
  }

  // A life that is not in the view has not been admitted yet, or not any more.
  #isMember(view: View): boolean {
    // In a run that has lost nobody, a worker's place in the view is its rank.
    const here = view.workers[this.#rank];
    const self =
      here?.rank === this.#rank ? here : view.workers.find(({ rank }) => rank === this.#rank);
    return self?.incarnation === this.#incarnation;
  }

  // Asks for params without giving anything. A sparse model pulls only what its batch touches, and
  // the device knows what that is.
  #open(effects: Effect[]): void {
    this.#phase = 'exchanging';
    this.#gave = false;
    this.#blind = false;
    if (this.#setup.sparse) {
      this.#compute({ kind: 'keys', worker: this.#rank, clock: this.#clock }, effects);
    } else this.#exchange.open(this.#clock, allKeys, effects);
  }

  #exchanged(exchanged: Exchanged, effects: Effect[], now: Instant): void {
    if (this.#phase !== 'exchanging') return;
    if (this.#gave) this.#recordIteration(exchanged, effects, now);
    else if (exchanged.begins > this.#clock) {
      // A joiner stands at the slowest clock, and learns it with the first params.
      this.#clock = exchanged.begins;
      this.#blind = this.#setup.sparse;
    }
    this.#hasClock = true;
    if (this.#request !== null) this.#mark(this.#request, effects);
    if (this.#phase !== 'exchanging') return;
    if (exchanged.params === null || this.#clock >= this.#limit) {
      this.#end({ kind: 'finished', clock: this.#clock, diverged: false }, effects);
    } else if (this.#blind) this.#open(effects);
    else this.#begin(exchanged.params, effects, now);
  }

  #begin(params: Params, effects: Effect[], now: Instant): void {
    this.#phase = 'computing';
    this.#started = now;
    this.#compute({ kind: 'gradient', worker: this.#rank, clock: this.#clock, params }, effects);
  }

  #finish(result: Result, effects: Effect[], now: Instant): void {
    this.#computing = null;
    switch (result.kind) {
      case 'keys':
        this.#exchange.open(this.#clock, result.keys, effects);
        break;
      case 'gradient':
        this.#computed = now;
        this.#loss = result.loss;
        // A gradient that is not finite makes the params so, and the loss of the next iteration with
        // them: looking at every value here would cost a twentieth of the gradient itself.
        if (result.loss === null || Number.isFinite(result.loss)) this.#give(result, effects);
        else this.#end({ kind: 'finished', clock: this.#clock, diverged: true }, effects);
        break;
      case 'failure':
        this.#end(failed(result.reason), effects);
        break;
      case 'evaluation':
        throw new Error('a worker asks for no evaluation');
    }
  }

  #give(result: GradientResult, effects: Effect[]): void {
    const { update, samples, nextKeys } = result;
    const contribution = { clock: this.#clock, update, samples };
    this.#contribute(contribution, nextKeys ?? allKeys, effects);
  }

  #contribute(contribution: OwnContribution, next: KeySet, effects: Effect[]): void {
    this.#clock += 1;
    this.#phase = 'exchanging';
    this.#gave = true;
    this.#exchange.contribute(contribution, this.#clock >= this.#limit ? null : next, effects);
  }

  // An order of the consistency model: this iteration's gradient is not wanted any more.
  #abort(restart: boolean, effects: Effect[], now: Instant): void {
    if (this.#phase !== 'computing') return;
    this.#cancel(effects);
    this.#computed = now;
    this.#loss = null;
    if (restart) {
      this.#open(effects);
      return;
    }
    // The keys of a sparse model's next batch would have come with the gradient.
    this.#blind = this.#setup.sparse;
    const contribution = { clock: this.#clock, update: null, samples: 0 };
    this.#contribute(contribution, this.#blind ? noKeys : allKeys, effects);
  }

  #mark(request: CutRequest, effects: Effect[]): void {
    const { view, number, final } = request;
    if (number <= this.#marked || view < this.#view) return;
    // Where it stands is what a mark says, and a joiner does not know it yet.
    const ready = this.#hasClock && view === this.#view;
    this.#request = ready ? null : request;
    if (!ready) return;
    this.#marked = number;
    this.#exchange.mark(request, this.#clock, effects);
    if (!final || this.#phase === 'finished') return;
    // Nothing follows a final cut: what is being computed would belong to no result.
    this.#cancel(effects);
    this.#phase = 'finished';
  }

  #end(message: Finished | Failed, effects: Effect[]): void {
    this.#phase = 'finished';
    this.#told = message;
    this.#tell(message, effects);
  }

  #tell(message: Message, effects: Effect[]): void {
    effects.push({ kind: 'send', to: 'c', message, priority: 0 });
  }

  #compute(job: Job, effects: Effect[]): void {
    this.#computing = this.#computations;
    this.#computations += 1;
    effects.push({ kind: 'compute', id: this.#computing, job });
  }

  #cancel(effects: Effect[]): void {
    if (this.#computing === null) return;
    effects.push({ kind: 'cancel', id: this.#computing });
    this.#computing = null;
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

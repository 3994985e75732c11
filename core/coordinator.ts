/**
 * The coordinator: starts a run when every node has joined, has cuts taken and evaluated, and ends
 * the run. It holds no params but those of the cut that it evaluates.
 */

import { isPayloadError } from './compression/compressor.ts';
import { Digest } from './digest.ts';
import type { CutPart, CutRequest, Halt, Message } from './message.ts';
import type {
  Effect,
  Input,
  Instant,
  Node,
  NodeId,
  Outcome,
  Result,
  Snapshot,
  StopReason
} from './node.ts';
import { rankOf } from './node-id.ts';
import type { Params } from './params.ts';
import type { RunSetup } from './setup.ts';
import { allKeys } from './tensors.ts';
import { viewValues } from './values.ts';
import { firstView, firstViewNumber } from './view.ts';

/** How long a start may take before the run fails with the names of those missing. */
export const joinDeadlineNanos = 60_000_000_000;

/** A cut being taken or evaluated. */
interface Taking {
  readonly number: number;
  /** Why the run ends with it, or null when it goes on. */
  readonly final: StopReason | null;
  readonly request: CutRequest;
  readonly parts: Map<number, CutPart>;
  /** When the last part arrived. */
  at: Instant;
}

export class Coordinator implements Node {
  readonly id: NodeId = 'c';
  readonly #setup: RunSetup;
  readonly #absent: Set<NodeId>;
  readonly #running: Set<NodeId>;
  readonly #finished = new Set<NodeId>();
  readonly #halting = new Set<NodeId>();
  #phase: 'joining' | 'training' | 'halting' | 'halted' = 'joining';
  #began: Instant = 0;
  #cuts = 0;
  #taking: Taking | null = null;
  /** The most gradients that were reported: a report that is told again starts no cut. */
  #gradients = 0;
  /** A cut is due as soon as the present one is done. */
  #due = false;
  /** Why the run is to end with the next cut. */
  #ending: StopReason | null = null;
  #computation = -1;
  #outcome: Outcome = { kind: 'failed', reason: 'the run has not ended' };
  #digest: string | null = null;

  constructor(setup: RunSetup) {
    this.#setup = setup;
    const { workers, servers } = setup.config;
    const ids: NodeId[] = [];
    for (let rank = 0; rank < servers; rank++) ids.push(`s${rank}`);
    for (let rank = 0; rank < workers; rank++) ids.push(`w${rank}`);
    this.#absent = new Set(ids);
    this.#running = new Set(ids);
  }

  handle(input: Input, now: Instant): readonly Effect[] {
    const effects: Effect[] = [];
    if (this.#phase === 'halted') return effects;
    switch (input.kind) {
      case 'start':
        effects.push({ kind: 'set-timer', name: 'join-deadline', at: now + joinDeadlineNanos });
        break;
      case 'message':
        this.#hear(input.from, input.message, effects, now);
        break;
      case 'session-up':
        this.#meet(input.peer, effects);
        break;
      case 'computed':
        if (input.id === this.#computation) this.#evaluated(input.result, effects);
        break;
      case 'timer':
        if (input.name === 'join-deadline') this.#missed(effects, now);
        if (input.name === 'time-limit') this.#end('seconds', effects);
        break;
      default:
        break;
    }
    return effects;
  }

  snapshot(): Snapshot {
    return { phase: this.#phase, began: this.#began, cuts: this.#cuts };
  }

  // A part of a cut that cannot be read is the end of the run, and its sender is to blame.
  #hear(from: NodeId, message: Message, effects: Effect[], now: Instant): void {
    try {
      this.#receive(from, message, effects, now);
    } catch (error) {
      if (!isPayloadError(error)) throw error;
      this.#halt({ kind: 'failed', reason: `${from}: ${error.message}` }, effects);
    }
  }

  // What a node may have been told on a session that is lost is told again: all of it is idempotent.
  #meet(peer: NodeId, effects: Effect[]): void {
    const messages: Message[] = [];
    if (this.#phase === 'halting') messages.push(haltOf(this.#outcome));
    if (this.#phase === 'training') {
      const { workers, servers } = this.#setup.config;
      messages.push({ kind: 'view', view: firstView(workers, servers) });
      const request = this.#taking?.request;
      if (request !== undefined && peer.startsWith('w')) messages.push(request);
    }
    for (const message of messages) effects.push({ kind: 'send', to: peer, message, priority: 0 });
  }

  #receive(from: NodeId, message: Message, effects: Effect[], now: Instant): void {
    switch (message.kind) {
      case 'join':
        this.#join(from, effects, now);
        break;
      case 'progress':
        this.#progress(message.gradients, effects);
        break;
      case 'part':
        this.#take(rankOf(from), message, effects, now);
        break;
      case 'finished':
        if (message.diverged) {
          this.#halt({ kind: 'diverged', node: from, clock: message.clock }, effects);
          break;
        }
        this.#finished.add(from);
        if (this.#finished.size === this.#setup.config.workers) this.#end('iterations', effects);
        break;
      case 'failed':
        this.#halt({ kind: 'failed', reason: `${from}: ${message.reason}` }, effects);
        break;
      case 'halted':
        this.#halted(from, effects, now);
        break;
      default:
        break;
    }
  }

  #join(from: NodeId, effects: Effect[], now: Instant): void {
    // One that comes too late is told to go; in training its session has told it all.
    if (this.#phase === 'halting') this.#meet(from, effects);
    if (this.#phase !== 'joining') return;
    if (!this.#absent.delete(from) || this.#absent.size > 0) return;
    this.#phase = 'training';
    this.#began = now;
    effects.push({ kind: 'clear-timer', name: 'join-deadline' });
    const { workers, servers, stopAt } = this.#setup.config;
    this.#tell({ kind: 'view', view: firstView(workers, servers) }, effects);
    if (stopAt.seconds !== undefined) {
      const at = now + Math.round(stopAt.seconds * 1e9);
      effects.push({ kind: 'set-timer', name: 'time-limit', at });
    }
  }

  #missed(effects: Effect[], now: Instant): void {
    const names = [...this.#absent].join(', ');
    const reason = `${names} did not join within ${Math.round(joinDeadlineNanos / 1e9)} s`;
    for (const id of this.#absent) this.#running.delete(id);
    this.#halt({ kind: 'failed', reason }, effects);
    if (this.#running.size === 0) this.#stop(effects, now);
  }

  #progress(gradients: number, effects: Effect[]): void {
    if (gradients <= this.#gradients) return;
    this.#gradients = gradients;
    if (gradients >= (this.#setup.config.stopAt.gradients ?? Infinity)) {
      this.#end('gradients', effects);
    } else this.#cut(effects);
  }

  // Ends the run with one more cut, of everything that has been given until then.
  #end(reason: StopReason, effects: Effect[]): void {
    if (this.#phase !== 'training' || this.#ending !== null) return;
    this.#ending = reason;
    this.#cut(effects);
  }

  // One cut at a time: where evaluation is slower than training, cuts come as often as they can.
  #cut(effects: Effect[]): void {
    if (this.#phase !== 'training') return;
    if (this.#taking !== null) {
      this.#due = true;
      return;
    }
    this.#due = false;
    this.#cuts += 1;
    const number = this.#cuts;
    const final = this.#ending;
    const view = firstViewNumber;
    const request = { kind: 'cut', view, number, final: final !== null } as const;
    this.#taking = { number, final, request, parts: new Map(), at: 0 };
    for (const to of this.#running) {
      if (to.startsWith('w')) effects.push({ kind: 'send', to, message: request, priority: 0 });
    }
  }

  #take(server: number, part: CutPart, effects: Effect[], now: Instant): void {
    const taking = this.#taking;
    if (taking === null || taking.number !== part.number) return;
    taking.parts.set(server, part);
    if (taking.parts.size < this.#setup.config.servers) return;
    taking.at = now;
    const params = paramsOf(taking);
    if (taking.final !== null) this.#digest = digestOf(params);
    const { evaluation, problem } = this.#setup.config;
    const evaluates = problem.kind !== 'timing' && (evaluation !== null || taking.final !== null);
    if (!evaluates) {
      this.#done(effects);
      return;
    }
    this.#computation += 1;
    const job = { kind: 'evaluation', cut: taking.number, params } as const;
    effects.push({ kind: 'compute', id: this.#computation, job });
  }

  #evaluated(result: Result, effects: Effect[]): void {
    const taking = this.#taking;
    if (taking === null || this.#phase !== 'training') return;
    if (result.kind !== 'evaluation') {
      const reason = result.kind === 'failure' ? result.reason : 'the device gave no evaluation';
      this.#halt({ kind: 'failed', reason }, effects);
      return;
    }
    const { loss, accuracy } = result;
    const { stopAt } = this.#setup.config;
    const reached =
      (stopAt.loss !== undefined && loss <= stopAt.loss) ||
      (stopAt.accuracy !== undefined && (accuracy ?? 0) >= stopAt.accuracy);
    const parts = [...taking.parts.values()];
    const mean = (of: (part: CutPart) => number): number =>
      parts.reduce((sum, part) => sum + of(part), 0) / parts.length;
    effects.push({
      kind: 'record',
      row: {
        kind: 'evaluation',
        node: this.id,
        cut: taking.number,
        at: taking.at - this.#began,
        versions: mean(part => part.version),
        gradients: mean(part => part.gradients),
        loss,
        accuracy,
        final: reached || taking.final !== null
      }
    });
    if (!Number.isFinite(loss)) {
      const clock = Math.floor(mean(part => part.gradients) / this.#setup.config.workers);
      this.#halt({ kind: 'diverged', node: this.id, clock }, effects);
    } else if (reached) {
      this.#digest = digestOf(paramsOf(taking));
      this.#halt({ kind: 'done', reason: 'target' }, effects);
    } else this.#done(effects);
  }

  #done(effects: Effect[]): void {
    const final = this.#taking?.final ?? null;
    this.#taking = null;
    if (final !== null) this.#halt({ kind: 'done', reason: final }, effects);
    else if (this.#due || this.#ending !== null) this.#cut(effects);
  }

  #halt(outcome: Outcome, effects: Effect[]): void {
    if (this.#phase === 'halting') return;
    this.#phase = 'halting';
    this.#outcome = outcome;
    for (const id of this.#running) this.#halting.add(id);
    this.#tell(haltOf(outcome), effects);
    effects.push({ kind: 'clear-timer', name: 'time-limit' });
  }

  #halted(from: NodeId, effects: Effect[], now: Instant): void {
    this.#halting.delete(from);
    if (this.#phase === 'halting' && this.#halting.size === 0) this.#stop(effects, now);
  }

  #stop(effects: Effect[], now: Instant): void {
    this.#phase = 'halted';
    const outcome = this.#outcome;
    const at = now - this.#began;
    const digest = this.#digest;
    effects.push({ kind: 'record', row: { kind: 'outcome', node: this.id, at, outcome, digest } });
    effects.push({ kind: 'stop', outcome });
  }

  #tell(message: Message, effects: Effect[]): void {
    for (const to of this.#running) effects.push({ kind: 'send', to, message, priority: 0 });
  }
}

function haltOf(outcome: Outcome): Halt {
  return { kind: 'halt', reason: outcome.kind === 'done' ? outcome.reason : outcome.kind };
}

function paramsOf(taking: Taking): Params {
  const ordered = [...taking.parts].sort(([a], [b]) => a - b);
  const parts = ordered.map(([server, { version, payload }]) => {
    return { server, version, values: viewValues(payload) };
  });
  return { keys: allKeys, parts };
}

/** Digest of the params, part by part; null in a timing-only run. */
function digestOf(params: Params): string | null {
  const digest = new Digest();
  for (const { values } of params.parts) {
    if (values === null) return null;
    digest.values(values);
  }
  return digest.toString();
}

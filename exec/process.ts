/**
 * The driver of one node in real time: sockets, timers and the compute device bring inputs, and the
 * node's effects go back to them. The counterpart of `sim/simulation.ts`, for one node a process.
 */
import type { Message } from '../core/message.ts';
import type { Effect, Input, Instant, Job, Node, NodeId, Outcome, Result } from '../core/node.ts';
import type { Row } from '../core/record.ts';
import { unreachable } from '../core/unreachable.ts';
import { Alarm } from './alarm.ts';
import { Clock } from './clock.ts';
import type { Computed } from './compute-thread.ts';
import type { Pacing } from './pacing.ts';
import { Timers } from './timers.ts';
import { withoutBytes, withZeros } from './timing-payloads.ts';
import type { SessionPeer } from './transport/session.ts';

/** The compute device, as the driver sees it: see `ComputeThread`. */
export interface Device {
  /**
   * The params of a gradient may lie in a frame whose memory is used again when the device is done:
   * nobody else reads them from now on.
   */
  compute(id: number, job: Job, due: bigint | null): Promise<Computed>;
  cancel(id: number): void;
}

/** Writes what a node was handed and what came of it, for a replay. */
export interface TraceWriter {
  handled(node: NodeId, now: number, input: Input, effects: readonly Effect[]): void;
}

/** What the driver works with. */
export interface DriverOptions {
  readonly incarnation: number;
  readonly device: Device;
  /** Whether payloads have lengths and no content. */
  readonly timingOnly: boolean;
  /** Whether faults may stop and slow the node. */
  readonly faulty: boolean;
  readonly trace: TraceWriter | null;
  /** Hands a message to the session with `to`; false where there is none. */
  readonly send: (to: NodeId, message: Message, priority: number) => boolean;
  readonly row: (row: Row) => void;
  /** The first view of the run has been sent or has come, at this instant: the run begins. */
  readonly began: (at: Instant) => void;
  readonly stopped: (outcome: Outcome) => void;
}

/** What the process did besides waiting. */
export interface DriverReport {
  /** Time in the node's handling of inputs that declared work. */
  readonly workNanos: number;
  /** Time in the node's handling of all inputs. */
  readonly handleNanos: number;
  /** Time that the device took for its jobs, and how many there were. */
  readonly computeNanos: number;
  readonly computations: number;
  /** Processor time of the whole process since the node's start: user, and system. */
  readonly userNanos: number;
  readonly systemNanos: number;
}

/** A result is fetched this long before it is due; the rest is waited for here, exactly. */
const fetchNanos = 400_000;

interface Computing {
  readonly begun: number;
  readonly alarm: Alarm;
  /** When the node is to have the result; null: as soon as it is there. */
  due: number | null;
  result: Result | null;
}

/** One node at work. Inputs that come before its start wait for it. */
export class ProcessDriver {
  readonly #options: DriverOptions;
  readonly #inputs: Input[] = [];
  readonly #computing = new Map<number, Computing>();
  #node: Node | null = null;
  #pacing: Pacing | null = null;
  #clock: Clock | null = null;
  #timers: Timers | null = null;
  #handling = false;
  /** Since when the node stands still; null while it does not. */
  #frozen: Instant | null = null;
  #begun = false;
  #stopped = false;
  #workNanos = 0;
  #handleNanos = 0;
  #computeNanos = 0;
  #computations = 0;
  #usage = process.cpuUsage();

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  /**
   * The node's life begins: its clock is at 0. Returns the instant on the host's clock. `pacing` is
   * null where gradients take the time that they take.
   */
  start(node: Node, pacing: Pacing | null): bigint {
    const clock = new Clock();
    this.#usage = process.cpuUsage();
    const { incarnation } = this.#options;
    this.#node = node;
    this.#pacing = pacing;
    this.#clock = clock;
    this.#timers = new Timers(clock, name => this.#hand({ kind: 'timer', name }));
    this.#inputs.unshift({ kind: 'start', incarnation, restored: null });
    this.#drain(node, clock);
    return clock.origin;
  }

  message(peer: SessionPeer, sequence: number, message: Message): void {
    const { id, session } = peer;
    const content = this.#options.timingOnly ? withoutBytes(message) : message;
    this.#hand({ kind: 'message', from: id, session, sequence, message: content });
  }

  up({ id, session, incarnation }: SessionPeer): void {
    this.#hand({ kind: 'session-up', peer: id, session, incarnation });
  }

  down({ id, session }: SessionPeer): void {
    this.#hand({ kind: 'session-down', peer: id, session });
  }

  drained({ id, session }: SessionPeer, credit: number): void {
    this.#hand({ kind: 'drained', peer: id, session, credit });
  }

  /** The node stands still: what comes waits, and what is computed keeps what it has left. */
  freeze(): void {
    if (this.#clock === null || this.#frozen !== null) return;
    this.#frozen = this.#clock.now();
    for (const { alarm } of this.#computing.values()) alarm.clear();
  }

  thaw(): void {
    if (this.#node === null || this.#clock === null || this.#frozen === null) return;
    const still = this.#clock.now() - this.#frozen;
    this.#frozen = null;
    for (const computing of this.#computing.values()) {
      if (computing.due !== null) computing.due += still;
      if (computing.result !== null) computing.alarm.set(computing.due ?? 0, true);
    }
    this.#drain(this.#node, this.#clock);
  }

  /** Gradients take `slowdown` times as long from now on, and so does what is left of one. */
  slowDown(slowdown: number): void {
    const [pacing, clock] = [this.#pacing, this.#clock];
    if (pacing === null || clock === null) return;
    const ratio = slowdown / pacing.slowdown;
    pacing.slowdown = slowdown;
    const now = this.#frozen ?? clock.now();
    for (const computing of this.#computing.values()) {
      if (computing.due === null) continue;
      computing.due = now + Math.round(Math.max(0, computing.due - now) * ratio);
      const waits = computing.result !== null && this.#frozen === null;
      if (waits) computing.alarm.set(computing.due, true);
    }
  }

  /** How long the computation under way has been, in nanoseconds; null when there is none. */
  computingNanos(): number | null {
    const [first] = this.#computing.values();
    return first === undefined || this.#clock === null ? null : this.#clock.now() - first.begun;
  }

  /**
   * The node's life ends, by itself or from outside: no timer and no result reaches it any more.
   */
  close(): void {
    this.#stopped = true;
    this.#timers?.clearAll();
    for (const id of [...this.#computing.keys()]) this.#cancel(id);
  }

  report(): DriverReport {
    const { user, system } = process.cpuUsage(this.#usage);
    return {
      workNanos: this.#workNanos,
      handleNanos: this.#handleNanos,
      computeNanos: this.#computeNanos,
      computations: this.#computations,
      userNanos: 1000 * user,
      systemNanos: 1000 * system
    };
  }

  #hand(input: Input): void {
    if (this.#stopped) return;
    this.#inputs.push(input);
    if (this.#node !== null && this.#clock !== null) this.#drain(this.#node, this.#clock);
  }

  // Effects may bring inputs at once; those wait until the effects before them are performed.
  #drain(node: Node, clock: Clock): void {
    if (this.#handling) return;
    this.#handling = true;
    while (this.#frozen === null) {
      const input = this.#inputs.shift();
      if (input === undefined) break;
      if (!this.#stopped) this.#handle(node, input, clock);
    }
    this.#handling = false;
  }

  #handle(node: Node, input: Input, clock: Clock): void {
    const { trace } = this.#options;
    const now = clock.now();
    if (input.kind === 'message' && input.message.kind === 'view') this.#begin(now);
    const effects = node.handle(input, now);
    const nanos = clock.now() - now;
    this.#handleNanos += nanos;
    if (effects.some(effect => effect.kind === 'work')) this.#workNanos += nanos;
    trace?.handled(node.id, now, input, effects);
    for (const effect of effects) this.#perform(effect, clock, now);
  }

  #perform(effect: Effect, clock: Clock, now: Instant): void {
    const { send, row, timingOnly } = this.#options;
    switch (effect.kind) {
      case 'send': {
        if (effect.message.kind === 'view') this.#begin(now);
        const message = timingOnly ? withZeros(effect.message) : effect.message;
        // Without a session it is lost, as on one that breaks: the node sends it again on the next.
        send(effect.to, message, effect.priority);
        return;
      }
      case 'compute':
        this.#compute(effect.id, effect.job, clock);
        return;
      case 'cancel':
        this.#cancel(effect.id);
        return;
      case 'record':
        row(effect.row);
        return;
      case 'set-timer':
        this.#timers?.set(effect.name, effect.at);
        return;
      case 'clear-timer':
        this.#timers?.clear(effect.name);
        return;
      case 'persist': {
        const failure = 'this run keeps no checkpoints';
        this.#inputs.push({ kind: 'persisted', id: effect.id, failure });
        return;
      }
      case 'stop':
        this.#stop(effect.outcome);
        return;
      case 'work':
        return;
      default:
        unreachable(effect);
    }
  }

  #begin(at: Instant): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#options.began(at);
  }

  #compute(id: number, job: Job, clock: Clock): void {
    const { device } = this.#options;
    const pacing = this.#pacing;
    const begun = clock.now();
    const duration = pacing?.durationNanos(job, begun) ?? null;
    const due = duration === null ? null : begun + duration;
    const alarm = new Alarm(clock, () => {
      const result = this.#computing.get(id)?.result ?? null;
      this.#computing.delete(id);
      if (result !== null) this.#hand({ kind: 'computed', id, result });
    });
    const computing: Computing = { begun, alarm, due, result: null };
    this.#computing.set(id, computing);
    // Where faults may hurry it, the result is fetched at once.
    const steady = due !== null && !this.#options.faulty;
    const fetch = steady ? clock.origin + BigInt(Math.max(0, due - fetchNanos)) : null;
    void device.compute(id, job, fetch).then(({ result, nanos }) => {
      if (this.#computing.get(id) !== computing) return;
      this.#computeNanos += nanos;
      this.#computations += 1;
      computing.result = result;
      if (this.#frozen !== null) return;
      if (computing.due !== null) pacing?.arrived(clock.now() - computing.due);
      alarm.set(computing.due ?? 0, true);
    });
  }

  #cancel(id: number): void {
    const computing = this.#computing.get(id);
    if (computing === undefined) return;
    computing.alarm.clear();
    this.#computing.delete(id);
    this.#options.device.cancel(id);
  }

  #stop(outcome: Outcome): void {
    this.close();
    this.#options.stopped(outcome);
  }
}

/**
 * Makes the faults of a configuration happen in a simulation: when each begins and ends, what it
 * does to nodes, sessions and links, and what is told of it.
 */
import type { EnvironmentConfig } from '../../core/environment/environment.ts';
import type { FaultConfig } from '../../core/environment/faults/fault.ts';
import {
  beginsAt,
  ClockWatch,
  type Strand,
  strandsOf
} from '../../core/environment/faults/schedule.ts';
import { type Verdict, verdictOf } from '../../core/environment/faults/verdict.ts';
import type { Effect, Input, Instant, NodeId } from '../../core/node.ts';
import { rankOf } from '../../core/node-id.ts';
import { formatDuration } from '../../core/units.ts';
import type { Arrival } from '../events.ts';
import { Doors } from './doors.ts';
import { History, words } from './history.ts';
import { type LinkFailure, scheduleFailures } from './link-failures.ts';
import { isProgress, standstillNanos } from './progress.ts';
import { Sessions } from './sessions.ts';
import type { Stage } from './stage.ts';

/**
 * How long somebody who has crashed is waited for, or one who has come back for being taken in again:
 * as long as a peer may be away in a real run.
 */
const patienceNanos = 10_000_000_000;

type SlowLink = Extract<FaultConfig, { kind: 'slow-link' }>;

/** What several faults at once make of a speed: their product. */
type Factors = Set<{ readonly factor: number }>;

function productOf(factors: Factors): number {
  let product = 1;
  for (const { factor } of factors) product *= factor;
  return product;
}

/** A strand that is on. */
interface Present {
  readonly strand: Strand;
  readonly began: Instant;
  /** Undoes what it did. */
  readonly end: () => void;
}

export class Faults {
  readonly #stage: Stage;
  readonly #seed: number;
  readonly #ids: readonly NodeId[];
  readonly #index = new Map<NodeId, number>();
  readonly #watch: ClockWatch;
  readonly #sessions: Sessions;
  readonly #doors: Doors;
  readonly #present = new Set<Present>();
  /** By node: pauses and slow-downs that are on; by host and direction, slow links. */
  readonly #speeds: readonly Factors[];
  readonly #links = new Map<string, Factors>();
  readonly #partitions = new Set<Verdict<number>>();
  /** Nodes in a new life that have not been heard of. */
  readonly #silent = new Set<number>();
  readonly #history = new History();
  /** When a computation or a row was last asked for; how long nothing of the kind may happen. */
  #progressed: Instant = 0;
  readonly #standstillNanos: number;
  /** Calls that are due some time and by which nothing can go on that stands still. */
  idle = 0;

  constructor(
    environment: Pick<EnvironmentConfig, 'faults' | 'links'>,
    run: { readonly seed: number; readonly workers: number; readonly ids: readonly NodeId[] },
    stage: Stage
  ) {
    const { seed, workers, ids } = run;
    this.#stage = stage;
    this.#seed = seed;
    this.#ids = ids;
    for (let node = 0; node < ids.length; node++) this.#index.set(ids[node]!, node);
    const strands = strandsOf(environment.faults, ids);
    this.#watch = new ClockWatch(strands, workers);
    this.#sessions = new Sessions(ids.length);
    this.#speeds = ids.map((): Factors => new Set());
    this.#doors = new Doors(
      ids.length,
      ({ to, input }) => stage.hand(to, input),
      (at, call) => stage.later(at, call)
    );
    this.#standstillNanos = standstillNanos(strands, environment);
    for (const strand of strands) this.#await(strand, 0, 0);
  }

  /** Whether what a node sends to another leaves: on the session that it has heard of last. */
  leaves(from: number, to: number): boolean {
    return this.#sessions.leaves(from, to);
  }

  /** A node is handed an input: it may be told of a session. */
  handing(node: number, input: Input): void {
    if (input.kind !== 'session-up') return;
    this.#sessions.hear(node, this.#index.get(input.peer)!, input.session);
  }

  sessionOf(from: number, to: number): number {
    return this.#sessions.numberOf(from, to);
  }

  /** A message is at the end of its way. */
  arrive(arrival: Arrival): void {
    this.#doors.arrive(this.#stage.now(), arrival);
  }

  /** A node has been handed an input and has had effects: clocks go on, somebody is heard of. */
  handled(node: number, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'send') {
        if (isProgress[effect.kind]) this.#progressed = this.#stage.now();
        continue;
      }
      const { message } = effect;
      if (message.kind !== 'join') this.#silent.delete(node);
      if (message.kind !== 'push') continue;
      for (const strand of this.#watch.reached(rankOf(this.#ids[node]!), message.clock + 1)) {
        this.#stage.later(this.#stage.now(), () => this.#begin(strand, 0));
      }
    }
  }

  /** What has happened, in words: `w2 crashed at 1s, w1-s0 was cut at 2s`; empty for nothing. */
  describe(): string {
    return this.#history.describe();
  }

  /** Rows of what is still on. */
  finish(): void {
    for (const { strand, began } of this.#present) this.#record(strand, began, null);
  }

  #await(strand: Strand, occurrence: number, after: Instant): void {
    const at = beginsAt(strand, this.#seed, occurrence, after);
    if (at === Infinity) return;
    this.#idly(at, () => this.#begin(strand, occurrence));
  }

  #begin(strand: Strand, occurrence: number): void {
    const stage = this.#stage;
    const began = stage.now();
    if (this.#standsStill()) return;
    const end = this.#strike(strand);
    if (end === null) {
      // There is nobody to strike.
      this.#await(strand, occurrence + 1, began + 1);
      return;
    }
    const present = { strand, began, end };
    this.#present.add(present);
    this.#tell(strand, 'begins');
    if (strand.lastsNanos === null) return;
    const then = waking.has(strand.fault.kind) ? stage.later : this.#idly;
    then(began + strand.lastsNanos, () => {
      this.#present.delete(present);
      this.#tell(strand, 'ends');
      end();
      this.#record(strand, began, stage.now());
      this.#await(strand, occurrence + 1, stage.now());
    });
  }

  // Fails the run where nothing but faults happens any more.
  #standsStill(): boolean {
    const stage = this.#stage;
    const nanos = stage.now() - this.#progressed;
    if (nanos <= this.#standstillNanos || stage.isComputing()) return false;
    const since = formatDuration(this.#progressed);
    stage.fail(`nothing but faults has happened since ${since}: ${this.describe()}`);
    return true;
  }

  readonly #idly = (at: Instant, call: () => void): void => {
    this.idle += 1;
    this.#stage.later(at, () => {
      this.idle -= 1;
      call();
    });
  };

  /** Does what a fault does. Returns what undoes it; null where it strikes nobody. */
  #strike(strand: Strand): (() => void) | null {
    const { fault } = strand;
    switch (fault.kind) {
      case 'pause':
      case 'slow-node':
        return this.#slow(this.#nodeOf(strand), fault.kind === 'pause' ? 0 : 1 / fault.factor);
      case 'slow-link':
        return this.#slowLinks(this.#nodeOf(strand), fault);
      case 'delay':
      case 'hold':
      case 'partition': {
        const verdict = verdictOf(strand, id => this.#index.get(id)!);
        if (verdict === null) return null;
        if (fault.kind === 'partition') this.#partitions.add(verdict);
        this.#doors.add(verdict);
        return () => {
          this.#partitions.delete(verdict);
          this.#doors.remove(this.#stage.now(), verdict);
          this.#reconnect();
        };
      }
      case 'cut':
        return this.#cut(strand);
      case 'crash':
        return this.#crash(this.#nodeOf(strand), strand);
    }
  }

  #slow(node: number, speed: number): (() => void) | null {
    const stage = this.#stage;
    if (!stage.isAlive(node)) return null;
    const speeds = this.#speeds[node]!;
    const own = { factor: speed };
    speeds.add(own);
    stage.setSpeed(node, productOf(speeds));
    return () => {
      // A crash has ended it where it is gone.
      if (speeds.delete(own)) stage.setSpeed(node, productOf(speeds));
    };
  }

  #slowLinks(node: number, { direction, factor }: SlowLink): () => void {
    const stage = this.#stage;
    const host = stage.hostOf(node);
    const own = { factor };
    const directions = direction === 'both' ? (['up', 'down'] as const) : [direction];
    const change = (to: 'up' | 'down', act: (factors: Factors) => void): void => {
      const key = `${host} ${to}`;
      const factors = this.#links.get(key) ?? new Set();
      this.#links.set(key, factors);
      act(factors);
      stage.setLinkFactor(host, to, productOf(factors));
    };
    for (const to of directions) change(to, factors => factors.add(own));
    return () => {
      for (const to of directions) change(to, factors => factors.delete(own));
    };
  }

  #cut({ subject }: Strand): (() => void) | null {
    if (subject.kind !== 'session') throw new Error('a cut is of a session');
    const [a, b] = subject.ends.map(id => this.#index.get(id)!) as [number, number];
    // A node that has stopped closes its sessions in order.
    if (!this.#stage.isAlive(a) || !this.#stage.isAlive(b) || !this.#end(a, b)) return null;
    this.#sessions.cut(a, b);
    return () => {
      this.#sessions.mend(a, b);
      this.#reconnect();
    };
  }

  /** Links that fail and return, and end the sessions that cross them. */
  failLinks(failures: readonly LinkFailure[]): void {
    const stage = this.#stage;
    scheduleFailures(failures, {
      atFailure: this.#idly,
      atReturn: stage.later,
      fail: ({ name, pairs }) => {
        if (this.#standsStill()) return null;
        this.#history.tell(stage.now(), `link ${name} failed`);
        for (const [a, b] of pairs) {
          this.#sessions.cut(a, b);
          if (stage.isAlive(a) && stage.isAlive(b)) this.#end(a, b);
        }
        return () => {
          this.#history.tell(stage.now(), `link ${name} was up again`);
          for (const [a, b] of pairs) this.#sessions.mend(a, b);
          this.#reconnect();
        };
      }
    });
  }

  #crash(node: number, { lastsNanos }: Strand): (() => void) | null {
    const stage = this.#stage;
    if (!stage.isAlive(node)) return null;
    // What was stopped is gone; the machine is as slow as before.
    const speeds = this.#speeds[node]!;
    for (const one of speeds) if (one.factor === 0) speeds.delete(one);
    stage.crash(node);
    this.#silent.delete(node);
    for (let peer = 0; peer < this.#ids.length; peer++) {
      if (this.#meets(node, peer)) this.#end(node, peer);
    }
    const waitsFrom = stage.now() + (lastsNanos ?? 0);
    this.#idly(waitsFrom + patienceNanos, () => {
      const gone = lastsNanos === null ? !stage.isAlive(node) : this.#silent.has(node);
      if (gone) stage.fail(this.#lost(node, lastsNanos));
    });
    return () => {
      stage.restart(node);
      this.#silent.add(node);
      this.#reconnect();
    };
  }

  // Ends a session, at both ends that are there. Returns whether there was one.
  #end(a: number, b: number): boolean {
    const stage = this.#stage;
    if (!this.#sessions.isUp(a, b)) return false;
    const session = this.#sessions.numberOf(a, b);
    this.#sessions.end(a, b);
    for (const [node, peer] of [
      [a, b],
      [b, a]
    ] as const) {
      stage.lose(node, peer);
      this.#doors.clear(node, peer);
    }
    stage.hand(a, { kind: 'session-down', peer: this.#ids[b]!, session });
    stage.hand(b, { kind: 'session-down', peer: this.#ids[a]!, session });
    return true;
  }

  // Begins all sessions that nothing stands in the way of any more.
  #reconnect(): void {
    const stage = this.#stage;
    for (const [a, b] of this.#sessions.down()) {
      const parted = [...this.#partitions].some(one => one.holds(a, b) || one.holds(b, a));
      const isCut = this.#sessions.isCut(a, b);
      if (parted || isCut || !stage.isAlive(a) || !stage.isAlive(b)) continue;
      this.#sessions.begin(a, b);
      const session = this.#sessions.numberOf(a, b);
      for (const [node, peer] of [
        [b, a],
        [a, b]
      ] as const) {
        const incarnation = stage.incarnation(peer);
        stage.hand(node, { kind: 'session-up', peer: this.#ids[peer]!, session, incarnation });
      }
    }
  }

  #meets(a: number, b: number): boolean {
    return this.#ids[a]![0] !== this.#ids[b]![0];
  }

  #nodeOf({ subject }: Strand): number {
    if (subject.kind !== 'node') throw new Error('this fault is of a node');
    return this.#index.get(subject.node)!;
  }

  #lost(node: number, lastsNanos: number | null): string {
    const seconds = formatDuration(patienceNanos);
    const what =
      lastsNanos === null
        ? `has been away for ${seconds}, and nobody takes its place`
        : `has started anew, and has not been taken in again for ${seconds}`;
    return `${this.#ids[node]} ${what}: ${this.describe()}`;
  }

  #tell({ index, fault, name }: Strand, phase: 'begins' | 'ends'): void {
    const now = this.#stage.now();
    this.#stage.told({ now, phase, index, fault: fault.kind, subject: name });
    this.#history.tell(now, `${name} ${words[fault.kind][phase]}`, fault.kind === 'crash');
  }

  #record({ index, fault, name }: Strand, began: Instant, ended: Instant | null): void {
    this.#stage.row({ kind: 'fault', index, fault: fault.kind, subject: name, began, ended });
  }
}

/** Kinds whose end hands something to somebody, so that a run may go on by it. */
const waking: ReadonlySet<FaultConfig['kind']> = new Set([
  'pause',
  'hold',
  'partition',
  'cut',
  'crash'
]);

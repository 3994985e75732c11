/**
 * Replays a trace: fresh nodes are fed the inputs of a run, real or simulated, and every digest is
 * compared. Messages come from the senders' own replay and gradients are computed again, so a replay
 * that agrees has gone through every bit of the run.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, ConfigError, resolve } from '../../core/config.ts';
import { describe } from '../../core/describe.ts';
import type { Message } from '../../core/message.ts';
import type { Effect, Input, Job, Node, NodeId, Snapshot } from '../../core/node.ts';
import { parseNodeId } from '../../core/node-id.ts';
import { createNode, type RunSetup, setupRun } from '../../core/setup.ts';
import { digestEffects, digestResult, type TracedInput, type TraceLine } from '../../core/trace.ts';
import type { Learner } from '../../exec/learning/learner.ts';
import { loadPlugins, pluginsOf } from '../../exec/plugins.ts';
import { isTree, type Tree } from './config-path.ts';
import { isTraceLine, lineMisfit } from './trace-line.ts';
import { linesOf, UsageError } from './usage-error.ts';

/** What a replay comes to. */
export interface ReplayReport {
  readonly nodes: number;
  /** Inputs replayed whose effects agreed. */
  readonly inputs: number;
  /** The first input whose effects differ, or null. */
  readonly divergence: Divergence | null;
}

/** Where a replay and its trace part. */
export interface Divergence {
  readonly node: NodeId;
  /** Line of the node's file, from 1. */
  readonly line: number;
  readonly now: number;
  readonly input: string;
  readonly reason: string;
}

/** A trace as it lies in its folder. */
export interface Trace {
  readonly config: Config;
  readonly lines: ReadonlyMap<NodeId, readonly TraceLine[]>;
}

/** Reads a trace's folder. Throws `UsageError` on one that is none, or that is cut short. */
export async function readTrace(dir: string): Promise<Trace> {
  const stored = await readJson(join(dir, 'config.json'));
  await loadPlugins(pluginsOf(stored));
  const config = resolved(stored, join(dir, 'config.json'));
  const lines = new Map<NodeId, readonly TraceLine[]>();
  for (const file of (await readdir(dir)).sort()) {
    const id = file.endsWith('.jsonl') ? parseNodeId(file.slice(0, -'.jsonl'.length)) : null;
    if (id !== null)
      lines.set(id, parseLines(await readFile(join(dir, file), 'utf8'), `${dir}/${file}`));
  }
  if (!lines.has('c')) throw new UsageError(`${dir} has no c.jsonl: not the folder of a trace`);
  return { config, lines };
}

function resolved(stored: Tree, file: string): Config {
  try {
    return resolve(stored);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(linesOf(file, error.message));
  }
}

/** Replays a trace with the learner of its configuration. */
export async function replay(trace: Trace, learner: Learner): Promise<ReplayReport> {
  const setup = setupRun(trace.config, learner.model);
  const wire = new Wire();
  const seats = [...trace.lines].map(([id, lines]) => new Seat(setup, id, lines));
  let inputs = 0;
  for (let moved = true; moved; ) {
    moved = false;
    for (const seat of seats) {
      for (;;) {
        const step = await seat.step(wire, learner);
        if (step === 'waits') break;
        if (step !== 'agrees') return { nodes: seats.length, inputs, divergence: step };
        inputs += 1;
        moved = true;
      }
    }
  }
  const stuck = seats.find(seat => !seat.done);
  const divergence = stuck?.divergence('waits for a message that its sender did not send') ?? null;
  return { nodes: seats.length, inputs, divergence };
}

/** Messages sent in the replay and not yet received, by sender, receiver, session and sequence. */
class Wire {
  readonly #messages = new Map<string, Message>();
  readonly #sessions = new Map<string, { session: number; sequence: number }>();

  open(from: NodeId, to: NodeId, session: number): void {
    this.#sessions.set(`${from} ${to}`, { session, sequence: 0 });
  }

  send(from: NodeId, to: NodeId, message: Message): void {
    const state = this.#sessions.get(`${from} ${to}`);
    if (state === undefined) return;
    this.#messages.set(`${from} ${to} ${state.session} ${state.sequence++}`, message);
  }

  take(from: NodeId, to: NodeId, session: number, sequence: number): Message | null {
    const key = `${from} ${to} ${session} ${sequence}`;
    const message = this.#messages.get(key) ?? null;
    this.#messages.delete(key);
    return message;
  }
}

class Seat {
  readonly id: NodeId;
  readonly #setup: RunSetup;
  #node: Node;
  /** Snapshots on their way to the disk, by id, and the last one that is there. */
  readonly #persisting = new Map<number, Snapshot>();
  #persisted: Snapshot | null = null;
  readonly #lines: readonly TraceLine[];
  readonly #jobs = new Map<number, Job>();
  #next = 0;

  constructor(setup: RunSetup, id: NodeId, lines: readonly TraceLine[]) {
    this.id = id;
    this.#setup = setup;
    this.#node = createNode(setup, id);
    this.#lines = lines;
  }

  get done(): boolean {
    return this.#next === this.#lines.length;
  }

  /** Replays the next input, if what it needs is there. */
  async step(wire: Wire, learner: Learner): Promise<'waits' | 'agrees' | Divergence> {
    const line = this.#lines[this.#next];
    if (line === undefined) return 'waits';
    const input = await this.#input(line.input, wire, learner);
    if (input === null) return 'waits';
    if (typeof input === 'string') return this.divergence(input);
    const effects = this.#node.handle(input, line.now);
    this.#perform(input, effects, wire);
    const digest = digestEffects(effects);
    if (digest !== line.effects) {
      return this.divergence(`effects ${digest} where the trace has ${line.effects}`, input);
    }
    this.#next += 1;
    return 'agrees';
  }

  divergence(reason: string, input?: Input): Divergence {
    const line = this.#lines[this.#next];
    const traced = line?.input;
    const shown =
      input?.kind === 'message'
        ? `${input.from} ${describe(input.message)}`
        : JSON.stringify(traced);
    const now = line?.now ?? 0;
    return { node: this.id, line: this.#next + 1, now, input: shown, reason };
  }

  async #input(traced: TracedInput, wire: Wire, learner: Learner): Promise<Input | string | null> {
    switch (traced.kind) {
      case 'start':
        // Another life of a node that has crashed knows what was made durable, and nothing else.
        if (traced.incarnation > 0) this.#node = createNode(this.#setup, this.id);
        this.#jobs.clear();
        return { ...traced, restored: this.#persisted };
      case 'message': {
        const { from, session, sequence } = traced;
        const message = wire.take(from, this.id, session, sequence);
        return message === null ? null : { ...traced, message };
      }
      case 'computed': {
        const { id, result } = traced;
        if (result.kind !== 'recomputed') return { kind: 'computed', id, result };
        const job = this.#jobs.get(id);
        if (job === undefined) return `no computation ${id} was asked for`;
        const again = await learner.compute(job);
        const digest = digestResult(again);
        if (digest === result.digest) return { kind: 'computed', id, result: again };
        return `the gradient computed again has digest ${digest}, the trace ${result.digest}`;
      }
      default:
        return traced;
    }
  }

  #perform(input: Input, effects: readonly Effect[], wire: Wire): void {
    if (input.kind === 'session-up') wire.open(this.id, input.peer, input.session);
    if (input.kind === 'persisted') this.#keep(input.id, input.failure);
    if (input.kind === 'computed') this.#jobs.delete(input.id);
    for (const effect of effects) {
      if (effect.kind === 'send') wire.send(this.id, effect.to, effect.message);
      if (effect.kind === 'compute') this.#jobs.set(effect.id, effect.job);
      if (effect.kind === 'persist') this.#persisting.set(effect.id, effect.snapshot);
    }
  }

  #keep(id: number, failure: string | null): void {
    if (failure === null) this.#persisted = this.#persisting.get(id) ?? null;
    this.#persisting.delete(id);
  }
}

function parseLines(text: string, file: string): TraceLine[] {
  if (text !== '' && !text.endsWith('\n')) {
    throw new UsageError(`${file} is cut short: its last line has no end. Trace the run again.`);
  }
  return text
    .split('\n')
    .filter(line => line !== '')
    .map((line, index) => {
      const value = parsed(line, `${file}, line ${index + 1} is no JSON: the trace is damaged`);
      if (isTraceLine(value)) return value;
      throw new UsageError(`${file}, line ${index + 1}: ${lineMisfit(value)}`);
    });
}

async function readJson(file: string): Promise<Tree> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new UsageError(
      `${file} cannot be read: a trace is a folder with config.json and c.jsonl`
    );
  }
  const value = parsed(text, `${file} is no JSON: the trace is damaged`);
  if (isTree(value)) return value;
  throw new UsageError(`${file}: not a configuration, which is an object`);
}

function parsed(text: string, remedy: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(remedy);
  }
}

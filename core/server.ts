/**
 * A server: one shard of the params. It takes contributions in, asks its consistency rule what
 * becomes of them and who may go on, and does so. It knows no rule itself.
 */
import { isPayloadError } from './compression/compressor.ts';
import type { Decision, Rule } from './consistency/model.ts';
import { consistencyModels } from './consistency/registry.ts';
import { failed, outcomeOf } from './ending.ts';
import type {
  Answer,
  CutPart,
  Failed,
  Fate,
  Halt,
  Mark,
  Message,
  Progress,
  Pull,
  Push,
  Reply
} from './message.ts';
import type { Effect, Input, Instant, Node, NodeId, Snapshot } from './node.ts';
import { rankOf, workerId } from './node-id.ts';
import type { RunSetup } from './setup.ts';
import { Cut } from './shard/cut.ts';
import { Fates } from './shard/fates.ts';
import { Parking, type Wish } from './shard/parking.ts';
import { SeenUpdates } from './shard/seen-updates.ts';
import { ShardState } from './shard/shard-state.ts';
import type { KeySet } from './tensors.ts';
import { plainPayload } from './values.ts';
import { firstView, hasServer, type View } from './view.ts';

/** Messages of workers, which count under the present view alone. */
type Viewed = Push | Pull | Mark;

export class Server implements Node {
  readonly id: NodeId;
  readonly #rank: number;
  readonly #setup: RunSetup;
  readonly #shard: ShardState;
  readonly #rule: Rule;
  readonly #seen: SeenUpdates;
  readonly #fates: Fates;
  /** The membership, which is the first one until another comes; `entered` numbers those that came. */
  #view: View;
  #entered = 0;
  #incarnation = 0;
  #halted = false;
  /** By worker and kind: what speaks of a view that is yet to come. */
  readonly #early = new Map<string, { readonly from: NodeId; readonly message: Viewed }>();
  /** By worker: at most one contribution waits, since a worker pushes no second before its answer. */
  readonly #pending: (Push | undefined)[] = [];
  readonly #parking: Parking;
  /** Clock of a last push whose fate is not known yet, by worker; whether one of them may be by now. */
  readonly #unanswered = new Map<number, number>();
  #news = false;
  #cut: Cut | null = null;
  #lastCut = 0;
  #dropped = 0;
  #refused = 0;
  /** What the coordinator was told last; it is told again when its session was lost. */
  #part: CutPart | null = null;
  #progress: Progress | null = null;
  /** Why this server cannot go on: it takes nothing more, and waits to be told to stop. */
  #failed: Failed | null = null;
  #whole: { version: number; payload: Reply['payload'] } | null = null;

  constructor(setup: RunSetup, rank: number) {
    const { config } = setup;
    this.id = `s${rank}`;
    this.#rank = rank;
    this.#setup = setup;
    this.#shard = new ShardState(setup, rank);
    this.#seen = new SeenUpdates(config.workers);
    this.#fates = new Fates(config.workers);
    const model = consistencyModels.get(config.consistency.kind);
    this.#view = firstView(config.workers, config.servers);
    this.#rule = model.rule(config.consistency, this.#view, null);
    this.#parking = new Parking(this.#rule);
  }

  handle(input: Input, now: Instant): readonly Effect[] {
    const effects: Effect[] = [];
    if (this.#halted) return effects;
    switch (input.kind) {
      case 'start':
        this.#incarnation = input.incarnation;
        break;
      case 'session-up':
        if (input.peer === 'c') this.#meet(effects);
        break;
      case 'message':
        if (this.#failed !== null && input.message.kind !== 'halt') break;
        try {
          this.#receive(input.from, input.message, effects, now);
        } catch (error) {
          if (!isPayloadError(error)) throw error;
          this.#failed = failed(error.message);
          this.#report(this.#failed, effects);
        }
    }
    return effects;
  }

  snapshot(): Snapshot {
    return {
      view: this.#entered,
      shard: this.#shard.snapshot(),
      rule: this.#rule.snapshot(),
      seen: this.#seen.snapshot(),
      dropped: this.#dropped,
      lastCut: this.#lastCut
    };
  }

  #receive(from: NodeId, message: Message, effects: Effect[], now: Instant): void {
    switch (message.kind) {
      case 'push':
        if (this.#isPresent(from, message)) this.#push(rankOf(from), message, effects, now);
        break;
      case 'pull':
        if (this.#isPresent(from, message)) this.#pull(rankOf(from), message, effects, now);
        break;
      case 'mark':
        if (!this.#isPresent(from, message)) break;
        this.#mark(rankOf(from), message);
        this.#completeCut(effects);
        break;
      case 'view':
        if (this.#isNews(message.view)) this.#enter(message.view, effects, now);
        break;
      case 'halt':
        this.#halt(message.reason, effects);
        break;
      default:
        this.#refused += 1;
    }
  }

  #meet(effects: Effect[]): void {
    if (this.#entered === 0)
      this.#report({ kind: 'join', incarnation: this.#incarnation }, effects);
    if (this.#progress !== null) this.#report(this.#progress, effects);
    if (this.#part !== null) this.#report(this.#part, effects);
    if (this.#failed !== null) this.#report(this.#failed, effects);
  }

  #isNews(view: View): boolean {
    return view.number > this.#entered && hasServer(view, this.#rank, this.#incarnation);
  }

  #enter(view: View, effects: Effect[], now: Instant): void {
    const before = this.#view;
    this.#view = view;
    this.#entered = view.number;
    if (view.number > 1) {
      this.#decide(this.#rule.changeView(view), effects);
      for (const { rank, incarnation } of before.workers) {
        const stays = view.workers.some(
          one => one.rank === rank && one.incarnation === incarnation
        );
        if (!stays) this.#forget(rank);
      }
      // Shards may stand apart in what they took from the departed: the coordinator takes a new cut.
      this.#cut = null;
    }
    this.#tell(effects);
    this.#grant(this.#parking.admitAll(), effects, now);
    const early = [...this.#early.values()];
    this.#early.clear();
    for (const { from, message } of early) this.#receive(from, message, effects, now);
  }

  #forget(worker: number): void {
    this.#pending[worker] = undefined;
    this.#parking.forget(worker);
    this.#unanswered.delete(worker);
    this.#fates.forget(worker);
  }

  /** Whether a message is of the present view; one of a view to come is kept until then. */
  #isPresent(from: NodeId, message: Viewed): boolean {
    if (message.view > this.#entered) this.#early.set(`${from} ${message.kind}`, { from, message });
    else if (message.view < this.#entered) this.#refused += 1;
    else return true;
    return false;
  }

  #push(worker: number, push: Push, effects: Effect[], now: Instant): void {
    if (!this.#shard.takes(push)) {
      this.#refused += 1;
      return;
    }
    if (!this.#seen.take(worker, push)) {
      this.#again(worker, push, effects, now);
      return;
    }
    this.#fates.heard(worker);
    this.#shard.buffers.giveBack(worker);
    // The stamp stands in for a mark that was lost with its session.
    if (push.cut > this.#lastCut || this.#cut?.lacks(worker, push.cut)) {
      const { view, cut, clock } = push;
      this.#mark(worker, { kind: 'mark', view, number: cut, clock, final: false });
    }
    const { contribution, clock, base } = push;
    const empty = contribution.kind === 'empty';
    if (!empty) this.#pending[worker] = push;
    const samples = empty ? 0 : contribution.samples;
    const version = this.#shard.present.version;
    const decisions = this.#rule.arrive({ worker, clock, base, version, samples, empty });
    this.#decide(decisions, effects);
    this.#await(worker, push, effects, now);
    this.#reportProgress(effects);
    this.#completeCut(effects);
  }

  #pull(worker: number, pull: Pull, effects: Effect[], now: Instant): void {
    const { clock, keys } = pull;
    if (!this.#shard.holds(keys)) {
      this.#refused += 1;
      return;
    }
    this.#parking.park({ worker, answers: clock, clock, keys, received: false, since: now });
    this.#grant(this.#parking.admit(worker), effects, now);
  }

  // A push that was taken before: its answer may be lost, so it is given again; the update is not.
  #again(worker: number, push: Push, effects: Effect[], now: Instant): void {
    if (this.#parking.has(worker) || this.#pending[worker] !== undefined) return;
    if (!this.#seen.isNewest(worker, push)) return;
    this.#fates.repeat(worker);
    this.#await(worker, push, effects, now);
  }

  // What the answer to a push waits for: a last one wants no params, and waits for its fate.
  #await(worker: number, { clock, want }: Push, effects: Effect[], since: Instant): void {
    if (want === null) {
      this.#unanswered.set(worker, clock);
      this.#news ||= this.#pending[worker] === undefined;
    } else {
      const { keys } = want;
      this.#parking.park({ worker, answers: clock, clock: clock + 1, keys, received: true, since });
    }
    this.#tell(effects);
    this.#grant(this.#parking.admit(worker), effects, since);
  }

  #decide(decisions: readonly Decision[], effects: Effect[]): void {
    for (const decision of decisions) {
      switch (decision.kind) {
        case 'fold':
          this.#fold(decision.worker, decision.weight, effects);
          break;
        case 'commit':
          this.#commit(decision.gradientScale, decision.rateScale, effects);
          break;
        case 'drop':
          this.#pending[decision.worker] = undefined;
          if (decision.fate !== 'empty') this.#dropped += 1;
          this.#settle(decision.worker, decision.clock, decision.fate, 0, 0);
          break;
        case 'abort': {
          const { clock, restart } = decision;
          const message = { kind: 'abort', view: this.#entered, clock, restart } as const;
          effects.push({ kind: 'send', to: workerId(decision.worker), message, priority: 0 });
          break;
        }
        case 'offer':
          for (const worker of decision.workers) this.#offer(worker, effects);
      }
    }
  }

  // Added as soon as it is decided, so that the commit costs as much as one gradient and not as all.
  #fold(worker: number, weight: number, effects: Effect[]): void {
    const push = this.#pending[worker];
    if (push === undefined || push.contribution.kind === 'empty') return;
    const first = this.#shard.folded.length === 0;
    const elements = this.#shard.fold(worker, push, weight);
    if (elements === 0) return;
    if (push.contribution.payload.format !== 'none') {
      effects.push({ kind: 'work', operation: 'decode', elements });
    }
    if (!first) effects.push({ kind: 'work', operation: 'apply', elements });
  }

  #commit(gradientScale: number, rateScale: number, effects: Effect[]): void {
    const folded = this.#shard.folded;
    this.#cut?.follow(folded, gradientScale, rateScale);
    const before = this.#shard.present.version;
    const work = this.#shard.commit(gradientScale, rateScale);
    if (work > 0) effects.push({ kind: 'work', operation: 'apply', elements: work });
    for (const { worker, clock, base, weight } of folded) {
      this.#pending[worker] = undefined;
      const staleness = before - base;
      this.#shard.countStaleness(staleness);
      this.#settle(worker, clock, 'applied', weight * rateScale, staleness);
    }
  }

  #settle(worker: number, clock: number, fate: Fate, weight: number, staleness: number): void {
    this.#fates.settle(worker, { clock, fate, weight, staleness });
    this.#news = true;
  }

  #grant(wishes: readonly Wish[], effects: Effect[], now: Instant): void {
    for (const { worker, clock, keys, since, answers, received } of wishes) {
      const reply = this.#read(keys, clock, now - since);
      if (keys.kind === 'all') this.#shard.buffers.lend(worker);
      this.#answer(worker, answers, reply, effects, received);
    }
  }

  #read(keys: KeySet, clock: number, parkedNanos: number): Reply {
    const { version, values } = this.#shard.present;
    let payload: Reply['payload'];
    if (keys.kind === 'all') {
      // Without values it is the same for all versions.
      if (this.#whole === null || (values !== null && this.#whole.version !== version)) {
        this.#whole = { version, payload: plainPayload(values, this.#shard.length) };
      }
      payload = this.#whole.payload;
    } else payload = this.#shard.read(keys);
    const slowest = this.#rule.slowest;
    return { what: 'params', clock, version, slowest, keys, base: null, payload, parkedNanos };
  }

  #tell(effects: Effect[]): void {
    if (!this.#news || this.#unanswered.size === 0) return;
    this.#news = false;
    for (const [worker, clock] of this.#unanswered) {
      if (this.#pending[worker] !== undefined) continue;
      this.#unanswered.delete(worker);
      this.#answer(worker, clock, null, effects);
    }
  }

  #answer(
    worker: number,
    clock: number,
    reply: Reply | null,
    effects: Effect[],
    received = true
  ): void {
    const settled = this.#fates.tell(worker);
    const view = this.#entered;
    const message: Answer = { kind: 'answer', view, clock, round: 0, received, settled, reply };
    effects.push({ kind: 'send', to: workerId(worker), message, priority: 0 });
  }

  #offer(worker: number, effects: Effect[]): void {
    const reply = this.#read({ kind: 'all' }, this.#rule.slowest, 0);
    this.#shard.buffers.keep(reply.version);
    const message = { kind: 'offer', view: this.#entered, reply } as const;
    effects.push({ kind: 'send', to: workerId(worker), message, priority: 0 });
  }

  #mark(worker: number, mark: Mark): void {
    if (mark.number > this.#lastCut) {
      this.#lastCut = mark.number;
      const live = new Set(this.#view.workers.map(member => member.rank));
      this.#cut = new Cut(mark.number, live, this.#shard);
    }
    this.#cut?.mark(worker, mark);
  }

  #completeCut(effects: Effect[]): void {
    if (this.#cut === null || !this.#cut.complete(this.#rule)) return;
    this.#part = this.#cut.part();
    this.#cut = null;
    this.#report(this.#part, effects);
  }

  #report(message: Message, effects: Effect[]): void {
    effects.push({ kind: 'send', to: 'c', message, priority: 0 });
  }

  // Server 0 speaks for all: shards go at the same pace but for what is on its way.
  #reportProgress(effects: Effect[]): void {
    if (this.#rank !== 0) return;
    const { evaluation, stopAt } = this.#setup.config;
    const { gradients, version } = this.#shard.present;
    const every = evaluation?.everyGradients ?? Infinity;
    const due = Math.floor(gradients / every) * every;
    const limit = stopAt.gradients ?? Infinity;
    const before = this.#progress?.gradients ?? 0;
    if (!(due > before) && !(gradients >= limit && before < limit)) return;
    this.#progress = { kind: 'progress', version, gradients, slowest: this.#rule.slowest };
    this.#report(this.#progress, effects);
  }

  #halt(reason: Halt['reason'], effects: Effect[]): void {
    this.#halted = true;
    const row = this.#shard.row(this.id, this.#dropped, this.#seen.duplicates, this.#refused);
    effects.push({ kind: 'record', row });
    this.#report({ kind: 'halted' }, effects);
    effects.push({ kind: 'stop', outcome: outcomeOf(reason) });
  }
}

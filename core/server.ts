/**
 * A server: one shard of the params. It takes contributions in, asks its consistency rule what
 * becomes of them and who may go on, and does so. It knows no rule itself.
 */
import { consistencyModels } from './consistency/registry.ts';
import type { Decision, Rule } from './consistency/model.ts';
import type { Answer, Fate, Mark, Message, Pull, Push, Reply, Settlement } from './message.ts';
import type { Effect, Input, Instant, Node, NodeId, Outcome, Snapshot } from './node.ts';
import { rankOf } from './node-id.ts';
import type { RunSetup } from './setup.ts';
import { Cut } from './shard/cut.ts';
import { ShardState } from './shard/shard-state.ts';
import { SeenUpdates } from './shard/seen-updates.ts';
import type { KeySet } from './tensors.ts';
import { firstView } from './view.ts';
import { plainPayload } from './values.ts';

/** A wish for params that the rule has not admitted yet. */
interface Parked {
  readonly worker: number;
  /** The iteration that wants to start. */
  readonly clock: number;
  readonly keys: KeySet;
  readonly since: Instant;
  /** Clock of the message that is answered, and the fate of its contribution. */
  readonly answers: number;
  readonly received: boolean;
}

/** A contribution that no update has taken yet. */
interface Pending {
  readonly push: Push;
  readonly since: Instant;
}

export class Server implements Node {
  readonly id: NodeId;
  readonly #rank: number;
  readonly #setup: RunSetup;
  readonly #shard: ShardState;
  readonly #rule: Rule;
  readonly #seen = new SeenUpdates();
  #view = 0;
  #incarnation = 0;
  #joined = false;
  #halted = false;
  /** By worker: at most one contribution waits, since a worker pushes no second before its answer. */
  readonly #pending = new Map<number, Pending>();
  #parked: Parked[] = [];
  #gate = 0;
  /** By worker: fates that no answer has told yet. */
  readonly #untold = new Map<number, Settlement[]>();
  /** Clock of a last push whose fate is not known yet, by worker. */
  readonly #unanswered = new Map<number, number>();
  #cut: Cut | null = null;
  #lastCut = 0;
  #dropped = 0;
  #refused = 0;
  #reported = 0;
  #whole: { version: number; payload: Reply['payload'] } | null = null;

  constructor(setup: RunSetup, rank: number) {
    const { config } = setup;
    this.id = `s${rank}`;
    this.#rank = rank;
    this.#setup = setup;
    this.#shard = new ShardState(setup, rank);
    const model = consistencyModels.get(config.consistency.kind);
    this.#rule = model.rule(config.consistency, firstView(config.workers, config.servers), null);
  }

  handle(input: Input, now: Instant): readonly Effect[] {
    const effects: Effect[] = [];
    if (this.#halted) return effects;
    switch (input.kind) {
      case 'start':
        this.#incarnation = input.incarnation;
        break;
      case 'session-up':
        if (input.peer === 'c' && !this.#joined) {
          this.#joined = true;
          const join = { kind: 'join', incarnation: this.#incarnation } as const;
          effects.push({ kind: 'send', to: 'c', message: join, priority: 0 });
        }
        break;
      case 'message':
        this.#receive(input.from, input.message, effects, now);
        break;
      default:
        break;
    }
    return effects;
  }

  snapshot(): Snapshot {
    return {
      view: this.#view,
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
        this.#push(rankOf(from), message, effects, now);
        break;
      case 'pull':
        this.#pull(rankOf(from), message, effects, now);
        break;
      case 'mark':
        this.#mark(rankOf(from), message);
        this.#completeCut(effects);
        break;
      case 'view':
        this.#view = message.view.number;
        if (this.#view > 1) this.#decide(this.#rule.changeView(message.view), effects, now);
        this.#tell(effects);
        this.#admit(effects, now);
        break;
      case 'halt':
        this.#halt(message.reason, effects);
        break;
      default:
        this.#refused += 1;
    }
  }

  #push(worker: number, push: Push, effects: Effect[], now: Instant): void {
    if (push.view < this.#view || !this.#fits(push)) {
      this.#refused += 1;
      return;
    }
    if (!this.#seen.take(worker, push)) {
      this.#again(worker, push, effects, now);
      return;
    }
    // The stamp stands in for a mark that was lost with its session.
    if (push.cut > this.#lastCut || this.#cut?.lacks(worker, push.cut)) {
      this.#mark(worker, { kind: 'mark', number: push.cut, clock: push.clock, final: false });
    }
    const { contribution, clock, base } = push;
    const empty = contribution.kind === 'empty';
    if (!empty) this.#pending.set(worker, { push, since: now });
    const samples = empty ? 0 : contribution.samples;
    const version = this.#shard.present.version;
    const decisions = this.#rule.arrive({ worker, clock, base, version, samples, empty });
    if (push.want !== null) this.#park(worker, push.clock, push.clock + 1, push.want.keys, true, now);
    this.#decide(decisions, effects, now);
    // A last push wants no params: its answer is due when its fate is known.
    if (push.want === null) this.#unanswered.set(worker, clock);
    this.#tell(effects);
    this.#admit(effects, now);
    this.#report(effects);
    this.#completeCut(effects);
  }

  #pull(worker: number, pull: Pull, effects: Effect[], now: Instant): void {
    if (pull.view < this.#view) {
      this.#refused += 1;
      return;
    }
    this.#park(worker, pull.clock, pull.clock, pull.keys, false, now);
    this.#admitLast(effects, now);
  }

  // A push that was taken before: its answer may be lost, so it is given again; the update is not.
  #again(worker: number, push: Push, effects: Effect[], now: Instant): void {
    const waits = this.#parked.some(parked => parked.worker === worker);
    if (waits || this.#pending.has(worker)) return;
    if (push.want === null) this.#answer(worker, push.clock, null, effects);
    else {
      this.#park(worker, push.clock, push.clock + 1, push.want.keys, true, now);
      this.#admitLast(effects, now);
    }
  }

  /** What a well-formed message may still get wrong: the shape of the payload. */
  #fits(push: Push): boolean {
    const { contribution } = push;
    return contribution.kind === 'empty' || this.#shard.fits(contribution.keys, contribution.payload);
  }

  #decide(decisions: readonly Decision[], effects: Effect[], now: Instant): void {
    for (const decision of decisions) {
      switch (decision.kind) {
        case 'fold': {
          const pending = this.#pending.get(decision.worker);
          if (pending === undefined) break;
          const work = this.#shard.fold(decision.worker, pending.push, decision.weight);
          if (work > 0) effects.push({ kind: 'work', operation: 'decode', elements: work });
          break;
        }
        case 'commit':
          this.#commit(decision.gradientScale, decision.rateScale, effects);
          break;
        case 'drop':
          this.#pending.delete(decision.worker);
          if (decision.fate !== 'empty') this.#dropped += 1;
          this.#settle(decision.worker, decision.clock, decision.fate, 0, 0);
          break;
        case 'abort': {
          const { clock, restart } = decision;
          const message = { kind: 'abort', view: this.#view, clock, restart } as const;
          effects.push({ kind: 'send', to: `w${decision.worker}`, message, priority: 0 });
          break;
        }
        case 'offer':
          for (const worker of decision.workers) this.#offer(worker, effects, now);
      }
    }
  }

  #commit(gradientScale: number, rateScale: number, effects: Effect[]): void {
    const folded = this.#shard.folded;
    this.#cut?.follow(folded, gradientScale, rateScale);
    const before = this.#shard.present.version;
    const work = this.#shard.commit(gradientScale, rateScale);
    if (work > 0) effects.push({ kind: 'work', operation: 'apply', elements: work });
    for (const { worker, clock, base, weight } of folded) {
      this.#pending.delete(worker);
      const staleness = before - base;
      this.#shard.countStaleness(staleness);
      this.#settle(worker, clock, 'applied', weight * rateScale, staleness);
    }
  }

  #settle(worker: number, clock: number, fate: Fate, weight: number, staleness: number): void {
    const settlement = { clock, fate, weight, staleness };
    const untold = this.#untold.get(worker);
    if (untold === undefined) this.#untold.set(worker, [settlement]);
    else untold.push(settlement);
  }

  #park(
    worker: number,
    answers: number,
    clock: number,
    keys: KeySet,
    received: boolean,
    since: Instant
  ): void {
    this.#parked.push({ worker, answers, clock, keys, received, since });
  }

  // Looks at everybody parked only when the rule says that somebody may go.
  #admit(effects: Effect[], now: Instant): void {
    if (this.#rule.gate === this.#gate) {
      this.#admitLast(effects, now);
      return;
    }
    this.#gate = this.#rule.gate;
    const still: Parked[] = [];
    for (const parked of this.#parked) {
      if (this.#rule.admits(parked.worker, parked.clock)) this.#release(parked, effects, now);
      else still.push(parked);
    }
    this.#parked = still;
  }

  #admitLast(effects: Effect[], now: Instant): void {
    const last = this.#parked.at(-1);
    if (last === undefined || !this.#rule.admits(last.worker, last.clock)) return;
    this.#parked.pop();
    this.#release(last, effects, now);
  }

  #release(parked: Parked, effects: Effect[], now: Instant): void {
    const reply = this.#read(parked.keys, parked.clock, now - parked.since);
    this.#answer(parked.worker, parked.answers, reply, effects, parked.received);
  }

  #read(keys: KeySet, clock: number, parkedNanos: number): Reply {
    const { version, values } = this.#shard.present;
    let payload: Reply['payload'];
    if (keys.kind === 'all') {
      if (this.#whole?.version !== version) {
        this.#whole = { version, payload: plainPayload(values, this.#shard.length) };
      }
      payload = this.#whole.payload;
    } else payload = this.#shard.read(keys);
    const slowest = this.#rule.slowest;
    return { what: 'params', clock, version, slowest, keys, base: null, payload, parkedNanos };
  }

  #tell(effects: Effect[]): void {
    for (const [worker, clock] of this.#unanswered) {
      if (this.#pending.has(worker)) continue;
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
    const settled = this.#untold.get(worker) ?? [];
    this.#untold.delete(worker);
    const view = this.#view;
    const message: Answer = { kind: 'answer', view, clock, round: 0, received, settled, reply };
    effects.push({ kind: 'send', to: `w${worker}`, message, priority: 0 });
  }

  #offer(worker: number, effects: Effect[], _now: Instant): void {
    const reply = this.#read({ kind: 'all' }, this.#rule.slowest, 0);
    const message = { kind: 'offer', view: this.#view, reply } as const;
    effects.push({ kind: 'send', to: `w${worker}`, message, priority: 0 });
  }

  #mark(worker: number, mark: Mark): void {
    if (mark.number > this.#lastCut) {
      this.#lastCut = mark.number;
      this.#cut = new Cut(mark.number, this.#setup.config.workers, this.#shard);
    }
    this.#cut?.mark(worker, mark);
  }

  #completeCut(effects: Effect[]): void {
    const cut = this.#cut;
    if (cut === null || !cut.complete(this.#rule)) return;
    this.#cut = null;
    effects.push({ kind: 'send', to: 'c', message: cut.part(), priority: 0 });
  }

  // Server 0 speaks for all: shards go at the same pace but for what is on its way.
  #report(effects: Effect[]): void {
    if (this.#rank !== 0) return;
    const { evaluation, stopAt } = this.#setup.config;
    const { gradients, version } = this.#shard.present;
    const every = evaluation?.everyGradients ?? Infinity;
    const due = Math.floor(gradients / every) * every;
    const limit = stopAt.gradients ?? Infinity;
    const before = this.#reported;
    if (!(due > before) && !(gradients >= limit && before < limit)) return;
    this.#reported = gradients;
    const slowest = this.#rule.slowest;
    const message = { kind: 'progress', version, gradients, slowest } as const;
    effects.push({ kind: 'send', to: 'c', message, priority: 0 });
  }

  #halt(reason: Extract<Message, { kind: 'halt' }>['reason'], effects: Effect[]): void {
    this.#halted = true;
    const row = this.#shard.row(this.id, this.#dropped, this.#seen.duplicates, this.#refused);
    effects.push({ kind: 'record', row });
    effects.push({ kind: 'send', to: 'c', message: { kind: 'halted' }, priority: 0 });
    const failed = reason === 'failed' || reason === 'diverged';
    const outcome: Outcome = failed ? { kind: 'failed', reason } : { kind: 'done', reason };
    effects.push({ kind: 'stop', outcome });
  }
}

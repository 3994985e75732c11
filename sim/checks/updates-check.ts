import type { Answer, Push, Settlement } from '../../core/message.ts';
import type { NodeId } from '../../core/node.ts';
import type { Params } from '../../core/params.ts';
import type { ShardRow } from '../../core/record.ts';
import { type Place, Violation } from './violation.ts';

const once = 'no update is applied twice';
const monotone = 'versions only grow';
const countedOnce = 'a version counts a worker once';
const fresh = 'params hold the updates that the model promises';

/** Applied updates that are remembered of each worker at each server, beyond the bound. */
const remembered = 64;

/** The newest update of a worker that a server was handed. */
interface Newest {
  readonly incarnation: number;
  readonly clock: number;
  readonly round: number;
}

/** What was seen of one server. */
class Shard {
  /** Updates handed to it, and those of which a worker was told that they were applied. */
  handed = 0;
  applied = 0;
  /** The newest version that it has told anybody. */
  version = 0;
  /** Restored or restarted: what it had before is not known. */
  restarted = false;
  readonly newest = new Map<number, Newest>();
  /** By worker and clock: version the update was computed from; version it became part of. */
  readonly bases = new Map<number, Map<number, number>>();
  readonly appliedIn = new Map<number, Map<number, number>>();
  /** By version: the workers in it, as far as it is known. */
  readonly workers = new Map<number, Set<number>>();
  /** By clock: the oldest version from which somebody computes that must hold all of that clock. */
  readonly claims = new Map<number, number>();
}

/**
 * What becomes of updates, from what workers are told of it: each is applied at most once, a version
 * counts a worker once, versions grow, and the params that an iteration starts from hold every
 * update of iterations <= c - s - 1 of every worker, and all of the worker's own.
 */
export class UpdatesCheck {
  readonly #bound: number;
  readonly #shards = new Map<NodeId, Shard>();
  /** By worker and server: version that the worker computed from last. */
  readonly #read = new Map<string, number>();

  /** `bound` of the model: Infinity for one without. */
  constructor(bound: number) {
    this.#bound = bound;
  }

  restarted(node: NodeId): void {
    if (node.startsWith('s')) this.#shard(node).restarted = true;
    for (const key of [...this.#read.keys()]) {
      if (key.startsWith(`${node} `)) this.#read.delete(key);
    }
  }

  /** A server is handed a push: the first time that an update comes, it counts. */
  pushed(server: NodeId, worker: number, push: Push): void {
    const shard = this.#shard(server);
    const { incarnation, clock, round, base, contribution } = push;
    if (contribution.kind === 'empty') return;
    const before = shard.newest.get(worker);
    if (before !== undefined && !isAfter(push, before)) return;
    shard.newest.set(worker, { incarnation, clock, round });
    shard.handed += 1;
    mapOf(shard.bases, worker).set(clock, base);
    mapOf(shard.bases, worker).delete(clock - remembered - this.#window);
  }

  /** A server answers a worker. */
  answered(server: NodeId, worker: number, answer: Answer, place: Place): void {
    const shard = this.#shard(server);
    const clocks = new Set<number>();
    for (const settlement of answer.settled) {
      if (settlement.fate !== 'applied') continue;
      const twice = clocks.has(settlement.clock);
      clocks.add(settlement.clock);
      if (twice) throw new Violation(once, `w${worker} iteration ${settlement.clock}`, place);
      this.#settled(shard, worker, settlement, place);
    }
    if (answer.reply !== null) this.told(server, answer.reply.version, place);
  }

  /** A server tells its version, of its live params. */
  told(server: NodeId, version: number, place: Place): void {
    const shard = this.#shard(server);
    if (version < shard.version && !shard.restarted) {
      throw new Violation(monotone, `version ${version} after ${shard.version}`, place);
    }
    shard.version = Math.max(version, shard.version);
  }

  /** A worker begins to compute iteration `clock` from these params. */
  starts(worker: number, clock: number, params: Params, place: Place): void {
    for (const { server, version } of params.parts) {
      const id: NodeId = `s${server}`;
      const shard = this.#shard(id);
      const key = `w${worker} ${id}`;
      const before = this.#read.get(key) ?? 0;
      if (version < before) {
        throw new Violation(
          monotone,
          `w${worker} read ${before} of ${id} before ${version}`,
          place
        );
      }
      this.#read.set(key, version);
      const own = shard.appliedIn.get(worker)?.get(clock - 1) ?? 0;
      if (version < own) {
        const detail = `version ${version} of ${id} lacks the worker's own of clock ${clock - 1}`;
        throw new Violation(fresh, detail, place);
      }
      this.#claim(shard, id, clock - this.#bound - 1, version, place);
    }
  }

  /** A server sums up what it did. */
  summed({ node, gradients, histogram }: ShardRow, place: Place): void {
    const shard = this.#shard(node);
    if (shard.restarted) return;
    const { handed, applied } = shard;
    if (gradients > handed || gradients < applied) {
      const detail = `${gradients} applied by ${node}, which was handed ${handed}`;
      throw new Violation(once, `${detail} and told of ${applied}`, place);
    }
    const counted = histogram.reduce((sum, count) => sum + count, 0);
    if (counted !== gradients) {
      throw new Violation(
        once,
        `${gradients} applied, of ${counted} the staleness is known`,
        place
      );
    }
  }

  get #window(): number {
    return this.#bound === Infinity ? 0 : this.#bound;
  }

  #settled(shard: Shard, worker: number, settlement: Settlement, place: Place): void {
    const { clock, staleness } = settlement;
    const base = shard.bases.get(worker)?.get(clock);
    if (base === undefined) {
      if (shard.restarted) return;
      const detail = `w${worker} iteration ${clock} was not handed in, and applied`;
      throw new Violation(once, detail, place);
    }
    const version = base + staleness + 1;
    const applied = mapOf(shard.appliedIn, worker);
    const earlier = applied.get(clock);
    // Told again, where the answer may have been lost.
    if (earlier === version) return;
    if (earlier !== undefined) {
      const detail = `w${worker} iteration ${clock} in version ${earlier} and in ${version}`;
      throw new Violation(once, detail, place);
    }
    applied.set(clock, version);
    applied.delete(clock - remembered - this.#window);
    shard.applied += 1;
    this.#countIn(shard, version, worker, place);
    const claimed = shard.claims.get(clock);
    if (claimed !== undefined && claimed < version) {
      const detail = `somebody computes from version ${claimed}, without w${worker} iteration`;
      throw new Violation(fresh, `${detail} ${clock} of version ${version}`, place);
    }
  }

  #countIn(shard: Shard, version: number, worker: number, place: Place): void {
    const workers = shard.workers.get(version) ?? new Set<number>();
    if (workers.has(worker)) {
      throw new Violation(countedOnce, `w${worker} twice in version ${version}`, place);
    }
    workers.add(worker);
    shard.workers.set(version, workers);
    // Fates are told late, but not later than all workers' next updates.
    if (shard.workers.size > 4096) {
      const [oldest] = shard.workers.keys();
      shard.workers.delete(oldest!);
    }
  }

  // Clocks end one after another, and so each is claimed: one look at each is enough.
  #claim(shard: Shard, id: NodeId, clock: number, version: number, place: Place): void {
    if (clock < 0 || clock === -Infinity) return;
    const claimed = shard.claims.get(clock);
    if (claimed === undefined || version < claimed) shard.claims.set(clock, version);
    shard.claims.delete(clock - remembered - this.#window);
    for (const [worker, applied] of shard.appliedIn) {
      const needed = applied.get(clock);
      if (needed === undefined || needed <= version) continue;
      const detail = `version ${version} of ${id} lacks w${worker} iteration ${clock}`;
      throw new Violation(fresh, `${detail}, which is in ${needed}`, place);
    }
  }

  #shard(server: NodeId): Shard {
    let shard = this.#shards.get(server);
    if (shard === undefined) {
      shard = new Shard();
      this.#shards.set(server, shard);
    }
    return shard;
  }
}

function isAfter(push: Newest, before: Newest): boolean {
  if (push.incarnation !== before.incarnation) return push.incarnation > before.incarnation;
  return push.clock > before.clock || (push.clock === before.clock && push.round > before.round);
}

function mapOf(maps: Map<number, Map<number, number>>, worker: number): Map<number, number> {
  let map = maps.get(worker);
  if (map === undefined) {
    map = new Map();
    maps.set(worker, map);
  }
  return map;
}

/** The values of a shard: its version, the open update, and the optimizer that joins the two. */
import { type Compressor, isPayloadError, PayloadError } from '../compression/compressor.ts';
import { createCompressor } from '../compression/registry.ts';
import { accumulate } from '../kernels/accumulate.ts';
import type { Push } from '../message.ts';
import type { NodeId, Snapshot } from '../node.ts';
import { createOptimizer, type Optimizer } from '../optimizer/optimizer.ts';
import type { Payload } from '../params.ts';
import type { ShardRow } from '../record.ts';
import type { RunSetup } from '../setup.ts';
import { localPositions, type Shard, shardHolds } from '../sharding.ts';
import { type KeySet, keyCount } from '../tensors.ts';
import { plainPayload, viewValues } from '../values.ts';
import { gather, type Positions, positionsOf, scatterAdd } from './positions.ts';
import { VersionBuffers } from './version-buffers.ts';

/** One contribution in the open update. */
export interface Folded {
  readonly worker: number;
  readonly clock: number;
  readonly base: number;
  readonly weight: number;
}

/** One version of a shard. */
export interface Version {
  /** Never written again, and so shared with everybody who reads it. Null in a timing-only run. */
  readonly values: Float32Array | null;
  /** The optimizer's slots: written in place by whoever holds the version. */
  readonly slots: readonly Float32Array[];
  /** Commits so far, and gradients in them. */
  readonly version: number;
  readonly gradients: number;
}

export class ShardState {
  readonly length: number;
  /** Who reads which version. */
  readonly buffers = new VersionBuffers();
  readonly #optimizer: Optimizer;
  readonly #compressor: Compressor;
  readonly #shard: Shard;
  readonly #workers: number;
  #present: Version;
  /** The open update: a borrowed gradient while there is one, a sum of our own after that. */
  #open: Float32Array | null = null;
  #sum: Float32Array | null = null;
  #decoded: Float32Array | null = null;
  /** Whether the sum is all zeros. */
  #clean = true;
  #folded: Folded[] = [];
  /** Positions that the open update touches; null stands for all of them. */
  #touched: Positions | null = null;
  #histogram: number[] = [];
  #elements = 0;

  constructor(setup: RunSetup, rank: number) {
    const shard = setup.assignment.shards[rank];
    if (shard === undefined) throw new Error(`there is no shard ${rank}`);
    this.#shard = shard;
    this.length = shard.length;
    this.#workers = setup.config.workers;
    this.#optimizer = createOptimizer(setup.config.optimizer);
    this.#compressor = createCompressor(setup.config.compressor);
    const params = setup.initialParams;
    const values = params === null ? null : initialValues(shard, params);
    const slots = values === null ? [] : this.#optimizer.slots(shard.length);
    this.#present = { values, slots, version: 0, gradients: 0 };
    if (values !== null) this.buffers.advance(0, values);
  }

  get present(): Version {
    return this.#present;
  }

  /** Contributions in the open update. */
  get folded(): readonly Folded[] {
    return this.#folded;
  }

  /** Whether all of the keys are this shard's. */
  holds(keys: KeySet): boolean {
    return shardHolds(this.#shard, keys);
  }

  /** What a well-formed push may still get wrong: keys of others, and the shape of the payload. */
  takes({ contribution, want }: Push): boolean {
    if (want !== null && !this.holds(want.keys)) return false;
    if (contribution.kind === 'empty') return true;
    return this.#fits(contribution.keys, contribution.payload);
  }

  #fits(keys: KeySet, payload: Payload): boolean {
    const expected = keys.kind === 'all' ? this.length : keyCount(keys, this.length);
    if (payload.elements !== expected || payload.format !== this.#compressor.format) return false;
    if (!this.holds(keys)) return false;
    return (payload.bytes === null) === (this.#present.values === null);
  }

  /**
   * Adds a contribution to the open update. Returns its elements: what had to be decoded, unless it
   * came as it is, and added, unless it is the first. Throws `PayloadError`, which names the push.
   */
  fold(worker: number, push: Push, weight: number): number {
    const { contribution, clock, base } = push;
    if (contribution.kind === 'empty') return 0;
    const folded = { worker, clock, base, weight };
    // Where each gradient makes a version there is one: an array that grows has room for a dozen more.
    if (this.#folded.length === 0) this.#folded = [folded];
    else this.#folded.push(folded);
    const { keys, payload } = contribution;
    this.#elements += payload.elements;
    if (payload.bytes === null) return payload.elements;
    const values = this.#valuesOf(payload, `push of w${worker}, clock ${clock}`);
    if (keys.kind === 'all') this.#foldAll(values, weight);
    else this.#foldSome(values, positionsOf(localPositions(this.#shard, keys)), weight);
    return payload.elements;
  }

  /** Applies the open update and makes one version. Returns the elements that it changes. */
  commit(gradientScale: number, rateScale: number): number {
    const elements = this.#folded.length === 0 ? 0 : (this.#touched?.count ?? this.length);
    const before = this.#present.values;
    this.#present = this.next(this.#present, gradientScale, rateScale);
    const { values, version } = this.#present;
    // An empty update makes a version of the same values, which is then not one to be written.
    if (values === before) this.buffers.keep(version - 1);
    else if (values !== null) this.buffers.advance(version, values);
    this.#open = null;
    this.#touched = null;
    this.#folded = [];
    return elements;
  }

  /** What the open update makes of `before`, whose slots are written. */
  next(before: Version, gradientScale: number, rateScale: number): Version {
    const version = before.version + 1;
    const gradients = before.gradients + this.#folded.length;
    const { values, slots } = before;
    const open = this.#open;
    if (open === null || values === null) return { values, slots, version, gradients };
    // In iterations: one update of BSP, P gradients of the others.
    const iteration = before.gradients / this.#workers;
    const learningRate = this.#optimizer.learningRateAt(iteration) * rateScale;
    const options = { gradientScale, learningRate, step: version };
    const touched = this.#touched?.indices() ?? null;
    const applied =
      touched === null
        ? this.#optimizer.apply(values, open, slots, options, this.buffers.take())
        : this.#optimizer.applyAt(values, open, slots, touched, options, this.buffers.take());
    return { values: applied, slots, version, gradients };
  }

  read(keys: KeySet): Payload {
    const present = this.#present.values;
    if (present === null) return plainPayload(null, keyCount(keys, this.length));
    const values = gather(present, positionsOf(localPositions(this.#shard, keys)));
    return plainPayload(values, values.length);
  }

  countStaleness(staleness: number): void {
    while (this.#histogram.length <= staleness) this.#histogram.push(0);
    this.#histogram[staleness]! += 1;
  }

  row(node: NodeId, dropped: number, duplicates: number, refused: number): ShardRow {
    return {
      kind: 'shard',
      node,
      versions: this.#present.version,
      gradients: this.#present.gradients,
      dropped,
      duplicates,
      refused,
      histogram: this.#histogram,
      elementsApplied: this.#elements
    };
  }

  snapshot(): Snapshot {
    this.buffers.keep(this.#present.version);
    return {
      values: this.#present.values,
      slots: this.#present.slots.map(slot => slot.slice()),
      version: this.#present.version,
      gradients: this.#present.gradients,
      histogram: [...this.#histogram]
    };
  }

  #foldAll(values: Float32Array, weight: number): void {
    if (this.#open === null && weight === 1) {
      // Decoded values lie in a scratch buffer: it becomes the sum's, and the sum's the scratch.
      if (values === this.#decoded) [this.#sum, this.#decoded] = [this.#decoded, this.#sum];
      this.#open = values;
      this.#clean = false;
      return;
    }
    const sum = this.#ownSum();
    if (this.#open === null) sum.fill(0);
    else if (this.#open !== sum) sum.set(this.#open);
    accumulate(sum, values, weight);
    this.#open = sum;
    this.#touched = null;
    this.#clean = false;
  }

  #foldSome(values: Float32Array, positions: Positions, weight: number): void {
    const sum = this.#ownSum();
    if (this.#open === null) {
      if (!this.#clean) sum.fill(0);
      this.#touched = positions;
    } else {
      if (this.#open !== sum) sum.set(this.#open);
      this.#touched = this.#touched?.union(positions) ?? null;
    }
    scatterAdd(sum, values, positions, weight);
    this.#open = sum;
    this.#clean = false;
  }

  #ownSum(): Float32Array {
    this.#sum ??= new Float32Array(this.length);
    return this.#sum;
  }

  #valuesOf(payload: Payload, what: string): Float32Array {
    try {
      return this.#decode(payload);
    } catch (error) {
      if (!isPayloadError(error)) throw error;
      throw new PayloadError(`${what}: ${error.message}`);
    }
  }

  #decode(payload: Payload): Float32Array {
    if (payload.format === 'none') {
      const values = viewValues(payload);
      if (values === null) throw new Error('a payload without bytes cannot be decoded');
      return values;
    }
    this.#decoded ??= new Float32Array(this.length);
    return this.#compressor.decode(payload, this.#decoded);
  }
}

function initialValues(shard: Shard, params: Float32Array): Float32Array {
  const values = new Float32Array(shard.length);
  let offset = 0;
  for (const { begin, end } of shard.ranges) {
    values.set(params.subarray(begin, end), offset);
    offset += end - begin;
  }
  return values;
}

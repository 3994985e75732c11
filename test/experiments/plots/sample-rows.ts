/**
 * Rows of a run as the protocol would bring them: a queue of arrivals at one server, workers that
 * straggle now and then, a loss that falls by a law. No protocol, no network.
 */
import seedrandom from 'seedrandom';
import type { NodeId } from '../../../core/node.ts';
import type { Row } from '../../../core/record.ts';
import type { DriverName } from '../../../experiments/harness/run-result.ts';

export interface RowOptions {
  /** Null stands for ASP, -1 for BSP. */
  readonly bound: number | null;
  readonly seed: number;
  readonly driver: DriverName;
  readonly workers: number;
  /** Gradients after which a run ends without its target. */
  readonly gradientsMax: number;
  /** The target; null for none. */
  readonly accuracy: number | null;
}

/** A gradient on its way to the server; instants in nanoseconds. */
interface Arrival {
  readonly at: number;
  readonly worker: number;
  readonly started: number;
  readonly computed: number;
  /** Version that it was computed from. */
  readonly read: number;
}

export const evaluateEvery = 64;
const gradientBytes = 407_080;
const bytesPerSecond = 125e6;
const bucketNanos = 50e6;

/** Real runs are a little slower than simulated ones, and uneven. */
const realSlowdown = 1.07;

/** The rows of one run, from its first iteration to its outcome. */
export function sampleRows(options: RowOptions): Row[] {
  const run = new SampleRun(options);
  while (!run.ended) run.step();
  return run.rows;
}

class SampleRun {
  readonly rows: Row[] = [];
  ended = false;
  readonly #options: RowOptions;
  readonly #noise: () => number;
  readonly #transferNanos: number;
  readonly #clocks: number[];
  readonly #histogram: number[] = [];
  /** Bytes of all workers by bucket of time, to the servers and back. */
  readonly #up = new Map<number, number>();
  readonly #down = new Map<number, number>();
  readonly #queue: Arrival[] = [];
  #parked: Arrival[] = [];
  #version = 0;
  #gradients = 0;
  #progress = 0;

  constructor(options: RowOptions) {
    const { bound, seed, driver, workers } = options;
    this.#options = options;
    this.#noise = seedrandom.alea(`${seed}/${bound}/${driver}`);
    this.#transferNanos = 3.3e6 * (driver === 'real' ? realSlowdown : 1);
    this.#clocks = new Array<number>(workers).fill(0);
    for (let worker = 0; worker < workers; worker++) this.#begin(worker, this.#transferNanos);
  }

  /** Takes the next gradient in. */
  step(): void {
    const arrival = this.#queue.shift();
    if (arrival === undefined) throw new Error('nobody is computing: the sample has a deadlock');
    const now = Math.round(arrival.at);
    const { bound, workers } = this.#options;
    this.#clocks[arrival.worker]! += 1;
    this.#parked.push(arrival);
    const staleness = bound === -1 ? 0 : this.#version - arrival.read;
    this.#histogram[staleness] = (this.#histogram[staleness] ?? 0) + 1;
    this.#gradients += 1;
    this.#progress += 1 / (1 + (staleness / 28) ** 2);
    if (bound !== -1 || this.#gradients % workers === 0) this.#version += 1;
    this.#admit(now, staleness);
    if (this.#gradients % evaluateEvery === 0) this.#evaluate(now);
  }

  #begin(worker: number, at: number): void {
    const { seed, driver } = this.#options;
    const draw = seedrandom.alea(`${seed}/${worker}/${this.#clocks[worker]}`);
    const uneven = driver === 'real' ? realSlowdown * (0.97 + 0.06 * this.#noise()) : 1;
    const usual = 18e6 * (0.8 + 0.4 * draw()) * uneven;
    const computed = at + Math.round(draw() < 0.1 ? usual * 10 : usual);
    carry(this.#up, computed);
    const arrival = { at: computed + this.#transferNanos, worker, started: at, computed };
    this.#queue.push({ ...arrival, read: this.#version });
    this.#queue.sort((one, other) => one.at - other.at);
  }

  #admit(now: number, staleness: number): void {
    const { bound } = this.#options;
    const limit = bound === null ? Infinity : Math.max(0, bound);
    const slowest = Math.min(...this.#clocks);
    const waiting = this.#parked;
    const within = ({ worker }: Arrival): boolean => this.#clocks[worker]! - slowest <= limit;
    this.#parked = waiting.filter(arrival => !within(arrival));
    for (const { worker, started, computed, at } of waiting.filter(within)) {
      carry(this.#down, now);
      this.rows.push({
        kind: 'iteration',
        node: `w${worker}`,
        clock: this.#clocks[worker]! - 1,
        started: Math.round(started),
        computed: Math.round(computed),
        ended: Math.round(now + this.#transferNanos),
        parkedNanos: now - Math.round(at),
        loss: 2.2 * Math.exp(-this.#progress / 400) + 0.2,
        stalenessMax: staleness,
        stalenessMean: staleness,
        applied: 1
      });
      this.#begin(worker, now + this.#transferNanos);
    }
  }

  #evaluate(now: number): void {
    const { accuracy, gradientsMax } = this.#options;
    const measured = 0.96 - 0.86 * Math.exp(-this.#progress / 520) + 0.006 * (this.#noise() - 0.5);
    const reached = accuracy !== null && measured >= accuracy;
    this.ended = reached || this.#gradients >= gradientsMax;
    this.rows.push({
      kind: 'evaluation',
      node: 'c',
      cut: this.#gradients / evaluateEvery - 1,
      at: now,
      versions: this.#version,
      gradients: this.#gradients,
      loss: 0.2 + 2.1 * Math.exp(-this.#progress / 430) + 0.02 * this.#noise(),
      accuracy: measured,
      final: this.ended
    });
    if (this.ended) this.#end(now, reached);
  }

  #end(now: number, reached: boolean): void {
    const workers = Array.from({ length: this.#options.workers }, (_, rank): NodeId => `w${rank}`);
    const servers: NodeId[] = ['s0', 's1'];
    const gradients = this.#gradients;
    const buckets = Math.ceil(now / bucketNanos);
    this.rows.push(
      ...servers.map(node => this.#shard(node)),
      ...servers.map(node => traffic(node, gradients / servers.length, gradients * 60_000)),
      ...workers.map(node => traffic(node, gradients / workers.length, gradients * 11_000)),
      ...servers.flatMap(node => [
        link(`${node} up`, this.#down, servers.length, buckets),
        link(`${node} down`, this.#up, servers.length, buckets)
      ]),
      ...workers.flatMap(node => [
        link(`${node} up`, this.#up, workers.length, buckets),
        link(`${node} down`, this.#down, workers.length, buckets)
      ]),
      {
        kind: 'outcome',
        node: 'c',
        at: now,
        outcome: { kind: 'done', reason: reached ? 'target' : 'gradients' },
        digest: '00112233'
      }
    );
  }

  #shard(node: NodeId): Row {
    return {
      kind: 'shard',
      node,
      versions: this.#version,
      gradients: this.#gradients,
      dropped: 0,
      duplicates: 0,
      refused: 0,
      histogram: Array.from(this.#histogram, count => count ?? 0),
      elementsApplied: this.#gradients * 50_885
    };
  }
}

function carry(buckets: Map<number, number>, at: number): void {
  const bucket = Math.floor(at / bucketNanos);
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + gradientBytes);
}

function traffic(node: NodeId, gradients: number, workNanos: number): Row {
  return {
    kind: 'traffic',
    node,
    trainingBytes: Math.round(gradients * gradientBytes),
    trainingMessages: Math.round(gradients),
    evaluationBytes: 0,
    evaluationMessages: 0,
    controlBytes: 120,
    controlMessages: 4,
    workNanos: Math.round(workNanos)
  };
}

function link(
  name: string,
  carried: ReadonlyMap<number, number>,
  links: number,
  buckets: number
): Row {
  const numbers = Array.from({ length: buckets }, (_, bucket) => bucket);
  return {
    kind: 'link',
    link: name,
    bytesPerSecond,
    ends: numbers.map(bucket => (bucket + 1) * bucketNanos),
    bytes: numbers.map(bucket => (carried.get(bucket) ?? 0) / links)
  };
}

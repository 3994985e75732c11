import { type Pace, paceOf, resumeAfter } from '../core/environment/pace.ts';
import { grownDoubles, grownIntegers } from '../core/growth.ts';
import { MarkHeap, MarkTable } from './mark-heap.ts';

/** What else runs on a host: a job that never ends. */
export interface Load {
  readonly host: number;
  /** When it runs; null: always. */
  readonly pace: Pace | null;
}

/**
 * The cores of all hosts, shared by their jobs. Egalitarian processor sharing: of n jobs that run on
 * C cores each has min(1, C/n) of a core. A job is one thread: the handling of one input, or one
 * computation. It runs as fast as its share of a core, its pace and its process together let it;
 * a slow one takes its whole share, a stopped one none.
 *
 * Virtual time: a host's clock V counts the core time that each of its jobs has been given, so a job
 * that has `work` left at speed s is done when V has grown by work / s, whoever comes and goes. What
 * comes or goes costs O(log n), and nobody's mark moves but its own (Parekh and Gallager 1993 call
 * it the virtual time of GPS). V and marks are doubles and keep fractions of nanoseconds; a job is
 * done at the whole nanosecond nearest to its exact end, so that errors do not add up.
 *
 * Jobs are small integers of the caller's. Times never decrease from call to call, and pass over no
 * `nextEvent`.
 */
export class Processors {
  readonly #cores: Float64Array;
  readonly #hostOf: Int32Array;
  /** By host: jobs that run, by the V at which they are done; since when V is what; when one ends. */
  readonly #running: readonly MarkHeap[];
  readonly #marks = new MarkTable();
  readonly #virtual: Float64Array;
  readonly #since: Float64Array;
  readonly #ends = new MarkHeap(new MarkTable());
  /** Jobs whose pace changes, by when. */
  readonly #changes = new MarkHeap(new MarkTable());
  /** By process. */
  readonly #speeds: Float64Array;
  readonly #paces: readonly (Pace | null)[];
  readonly #jobsOf: readonly number[][];
  /** By job: its process, the owner (-1: none), its pace, its speed, what is left while stopped. */
  #owner = new Int32Array(16).fill(-1);
  readonly #paceOf: (Pace | null)[] = [];
  #speed = new Float64Array(16);
  #left = new Float64Array(16);
  /** Jobs that end some day: where there are none, changes of pace are nobody's concern. */
  #finite = 0;

  /** Numbers of the caller's jobs are moved by those of the loads, which come first. */
  readonly #loads: number;

  /**
   * @param cores of each host, more than 0; Infinity: nobody ever waits for one
   * @param processes host of each, and the pace of all that it does; null: always at full speed
   * @param loads what else runs
   */
  constructor(cores: readonly number[], processes: readonly Load[], loads: readonly Load[] = []) {
    const all = [...processes, ...loads];
    this.#cores = Float64Array.from(cores);
    this.#hostOf = Int32Array.from(all, ({ host }) => host);
    this.#running = cores.map(() => new MarkHeap(this.#marks));
    this.#virtual = new Float64Array(cores.length);
    this.#since = new Float64Array(cores.length);
    this.#speeds = new Float64Array(all.length).fill(1);
    this.#paces = processes.map(({ pace }) => pace);
    this.#jobsOf = all.map(() => []);
    this.#loads = loads.length;
    for (const [job, { pace }] of loads.entries()) {
      this.#begin(0, processes.length + job, Infinity, pace, job);
    }
  }

  /**
   * Starts a job.
   *
   * @param owner the process
   * @param work nanoseconds that it takes on a core of its own at full speed
   * @param pace of this job, besides that of its process; null: none
   */
  start(now: number, owner: number, work: number, pace: Pace | null, job: number): void {
    // While nothing that ends was left, nobody looked at the paces of what never does.
    if (this.#finite === 0) this.#changePaces(now);
    const whole = paceOf([this.#paces[owner]!, pace]);
    this.#begin(now, owner, work, whole, this.#loads + job);
  }

  // A job by its place in the tables.
  #begin(now: number, owner: number, work: number, pace: Pace | null, job: number): void {
    this.#grow(job + 1);
    this.#owner[job] = owner;
    this.#paceOf[job] = pace;
    this.#speed[job] = 0;
    this.#left[job] = work;
    this.#jobsOf[owner]!.push(job);
    if (work < Infinity) this.#finite += 1;
    this.#update(now, job);
  }

  /** Takes a job back; false when there is none of that number, or it is done. */
  cancel(now: number, number: number): boolean {
    const job = this.#loads + number;
    const owner = this.#owner[job] ?? -1;
    if (owner === -1) return false;
    const host = this.#hostOf[owner]!;
    this.#touch(now, host);
    this.#remove(host, job);
    this.#schedule(host);
    return true;
  }

  /**
   * Makes a process go at `speed` times its pace from now on, in all that it does. 0 stops it: its
   * jobs keep what they have left, and leave the cores to others.
   */
  setSpeed(now: number, owner: number, speed: number): void {
    this.#speeds[owner] = speed;
    for (const job of this.#jobsOf[owner]!) this.#update(now, job);
  }

  /** When a process runs: now, or when its stop ends; Infinity while `setSpeed` has stopped it. */
  runsFrom(now: number, owner: number): number {
    if (this.#speeds[owner] === 0) return Infinity;
    return resumeAfter(this.#paces[owner]!, now);
  }

  /** When the next job is done or changes its pace; Infinity when nothing that ends is left. */
  nextEvent(): number {
    return this.#finite === 0 ? Infinity : Math.min(this.#ends.firstKey, this.#changes.firstKey);
  }

  /** Goes on to `now`; appends the jobs that are done, in a fixed order. */
  advance(now: number, done: number[]): void {
    while (this.#ends.firstKey <= now) {
      const host = this.#ends.first;
      this.#touch(now, host);
      // The first is due by its key, whatever rounding says; others with the same end follow it.
      do {
        const job = this.#running[host]!.first;
        this.#remove(host, job);
        done.push(job - this.#loads);
      } while (this.#endOf(host) <= now);
      this.#schedule(host);
    }
    this.#changePaces(now);
  }

  #changePaces(now: number): void {
    while (this.#changes.firstKey <= now) this.#update(now, this.#changes.first);
  }

  // Gives a job the speed that it has by now, and the place that goes with it.
  #update(now: number, job: number): void {
    const owner = this.#owner[job]!;
    const host = this.#hostOf[owner]!;
    const running = this.#running[host]!;
    this.#touch(now, host);
    const before = this.#speed[job]!;
    if (before > 0) this.#left[job] = this.#leftOf(host, job);
    const pace = this.#paceOf[job] ?? null;
    const speed = this.#speeds[owner]! * (pace === null ? 1 : pace.at(now));
    this.#speed[job] = speed;
    if (speed > 0) running.set(job, this.#virtual[host]! + this.#left[job]! / speed);
    else running.remove(job);
    const change = pace === null ? Infinity : pace.changeAfter(now);
    if (change < Infinity) this.#changes.set(job, change);
    else this.#changes.remove(job);
    this.#schedule(host);
  }

  #leftOf(host: number, job: number): number {
    const mark = this.#marks.keys[job]!;
    if (mark === Infinity) return Infinity;
    return Math.max(0, (mark - this.#virtual[host]!) * this.#speed[job]!);
  }

  #remove(host: number, job: number): void {
    if (this.#left[job]! < Infinity) this.#finite -= 1;
    this.#running[host]!.remove(job);
    this.#changes.remove(job);
    const jobs = this.#jobsOf[this.#owner[job]!]!;
    jobs.splice(jobs.indexOf(job), 1);
    this.#owner[job] = -1;
    this.#paceOf[job] = null;
  }

  // Brings a host's clock up to `now`; nothing has changed since the last time. One without jobs
  // begins at 0 again, where doubles are finest.
  #touch(now: number, host: number): void {
    const jobs = this.#running[host]!.size;
    const nanos = now - this.#since[host]!;
    this.#virtual[host] = jobs === 0 ? 0 : this.#virtual[host]! + nanos * this.#share(host, jobs);
    this.#since[host] = now;
  }

  #share(host: number, jobs: number): number {
    return Math.min(1, this.#cores[host]! / jobs);
  }

  // Invariant: the host's clock has been brought up to the present.
  #schedule(host: number): void {
    const end = this.#endOf(host);
    if (end < Infinity) this.#ends.set(host, end);
    else this.#ends.remove(host);
  }

  /** When the first job of a host is done if nobody comes or goes. */
  #endOf(host: number): number {
    const running = this.#running[host]!;
    const mark = running.firstKey;
    if (mark === Infinity) return Infinity;
    const left = Math.max(0, mark - this.#virtual[host]!);
    return Math.round(this.#since[host]! + left / this.#share(host, running.size));
  }

  #grow(jobs: number): void {
    if (jobs <= this.#owner.length) return;
    const room = Math.max(jobs, 2 * this.#owner.length);
    this.#owner = grownIntegers(this.#owner, room, -1);
    this.#speed = grownDoubles(this.#speed, room);
    this.#left = grownDoubles(this.#left, room);
  }
}

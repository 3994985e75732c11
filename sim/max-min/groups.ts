import { grownDoubles, grownIntegers } from '../../core/growth.ts';

const none = -1;
/** Bytes of service at which a link's clock starts again: 2^36, where doubles are 2^-16 apart. */
const serviceMax = 68_719_476_736;

/**
 * Flows grouped by their bottleneck. The flows of a group share one rate, the *level* of its link,
 * so one number tells how far all have come: the link's *service*, the bytes that each flow of the
 * group has received since the service was last 0. A flow that joins with b bytes left gets the
 * *mark* service + b and completes when the service reaches it, whatever the level does meanwhile.
 * A change of level so costs nothing per flow (the virtual time of fair queueing: Parekh and
 * Gallager, "A generalized processor sharing approach to flow control", 1993).
 *
 * Each group has a heap of its flows by mark; a calendar has the groups by the time at which their
 * first flow completes.
 */
export class Groups {
  /** Per flow: the link whose group it is in, or -1. */
  group = new Int32Array(64);
  #mark = new Float64Array(64);
  /** Index in its group's heap. */
  #place = new Int32Array(64);

  /** Per link: the rate of its group, bytes per second; Infinity where the link is slack. */
  level = new Float64Array(16);
  #service = new Float64Array(16);
  /** Time of `service`, in seconds. */
  #servedAt = new Float64Array(16);
  readonly #heaps: Int32Array<ArrayBuffer>[] = [];
  #size = new Int32Array(16);

  /** The calendar: a heap of links. */
  #calendar = new Int32Array(16);
  #calendarSize = 0;
  /** Per link: its index in the calendar, or -1, and the completion it stands there for. */
  #entry = new Int32Array(16);
  #completion = new Float64Array(16);

  addLink(): void {
    const link = this.#heaps.push(new Int32Array(4)) - 1;
    if (link === this.level.length) {
      const room = 2 * link;
      this.level = grownDoubles(this.level, room);
      this.#service = grownDoubles(this.#service, room);
      this.#servedAt = grownDoubles(this.#servedAt, room);
      this.#size = grownIntegers(this.#size, room);
      this.#calendar = grownIntegers(this.#calendar, room);
      this.#entry = grownIntegers(this.#entry, room);
      this.#completion = grownDoubles(this.#completion, room);
    }
    this.level[link] = Infinity;
    this.#entry[link] = none;
  }

  addFlow(flow: number): void {
    if (flow >= this.group.length) {
      const room = Math.max(flow + 1, 2 * this.group.length);
      this.group = grownIntegers(this.group, room);
      this.#mark = grownDoubles(this.#mark, room);
      this.#place = grownIntegers(this.#place, room);
    }
    this.group[flow] = none;
  }

  /** Puts a flow with `bytes` left into no group yet. */
  hold(flow: number, bytes: number): void {
    this.group[flow] = none;
    this.#mark[flow] = bytes;
  }

  /** Bytes a flow has left. */
  left(flow: number, seconds: number): number {
    const link = this.group[flow]!;
    if (link === none) return this.#mark[flow]!;
    return Math.max(0, this.#mark[flow]! - this.service(link, seconds));
  }

  /** Bytes that a full link's group has received, per flow, at a time not before the last change. */
  service(link: number, seconds: number): number {
    return this.#service[link]! + this.level[link]! * (seconds - this.#servedAt[link]!);
  }

  /** Puts a flow that is in no group into one, with `bytes` left. Rekey the link afterwards. */
  join(flow: number, link: number, bytes: number, seconds: number): void {
    this.group[flow] = link;
    this.#mark[flow] = this.service(link, seconds) + bytes;
    const size = this.#size[link]!++;
    let heap = this.#heaps[link]!;
    if (size === heap.length) {
      heap = grownIntegers(heap, 2 * size);
      this.#heaps[link] = heap;
    }
    this.#rise(heap, flow, size);
  }

  /** Takes a flow out of its group; returns the bytes it has left. Rekey the link afterwards. */
  quit(flow: number, seconds: number): number {
    const left = this.left(flow, seconds);
    const link = this.group[flow]!;
    if (link === none) return left;
    this.group[flow] = none;
    const heap = this.#heaps[link]!;
    const size = --this.#size[link]!;
    const last = heap[size]!;
    if (last === flow) return left;
    const place = this.#place[flow]!;
    this.#rise(heap, last, place);
    if (this.#place[last] === place) this.#sink(heap, last, place, size);
    return left;
  }

  /** Brings the clock of a link up to date, before its level changes. */
  serve(link: number, seconds: number): void {
    if (this.level[link] === Infinity || this.#size[link] === 0) this.#service[link] = 0;
    else {
      const service = this.service(link, seconds);
      this.#service[link] = service > serviceMax ? this.#restart(link, service) : service;
    }
    this.#servedAt[link] = seconds;
  }

  /** Puts a link where it belongs in the calendar, after its level or its group has changed. */
  rekey(link: number): void {
    let entry = this.#entry[link]!;
    if (this.#size[link] === 0) {
      if (entry !== none) this.#strike(link, entry);
      return;
    }
    const left = this.#mark[this.#heaps[link]![0]!]! - this.#service[link]!;
    const completion =
      left > 0 ? this.#servedAt[link]! + left / this.level[link]! : this.#servedAt[link]!;
    if (entry === none) entry = this.#calendarSize++;
    this.#completion[link] = completion;
    this.#riseInCalendar(link, entry);
    if (this.#entry[link] === entry) this.#sinkInCalendar(link, entry);
  }

  /** When the next flow completes, in seconds; Infinity if none does. */
  nextCompletion(): number {
    return this.#calendarSize === 0 ? Infinity : this.#completion[this.#calendar[0]!]!;
  }

  /** The flow that completes then; -1 if none does. */
  nextFlow(): number {
    return this.nextCompletion() === Infinity ? none : this.#heaps[this.#calendar[0]!]![0]!;
  }

  /** Sets the clock back to 0 and the marks with it: doubles are fine near 0 and coarse far out. */
  #restart(link: number, service: number): number {
    const heap = this.#heaps[link]!;
    for (let place = 0; place < this.#size[link]!; place++) this.#mark[heap[place]!]! -= service;
    return 0;
  }

  #rise(heap: Int32Array, flow: number, from: number): void {
    const marks = this.#mark;
    const places = this.#place;
    const mark = marks[flow]!;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = heap[above]!;
      if (marks[other]! <= mark) break;
      heap[place] = other;
      places[other] = place;
      place = above;
    }
    heap[place] = flow;
    places[flow] = place;
  }

  #sink(heap: Int32Array, flow: number, from: number, size: number): void {
    const marks = this.#mark;
    const places = this.#place;
    const mark = marks[flow]!;
    let place = from;
    for (let below = 2 * place + 1; below < size; below = 2 * place + 1) {
      if (below + 1 < size && marks[heap[below + 1]!]! < marks[heap[below]!]!) below++;
      const other = heap[below]!;
      if (marks[other]! >= mark) break;
      heap[place] = other;
      places[other] = place;
      place = below;
    }
    heap[place] = flow;
    places[flow] = place;
  }

  #strike(link: number, entry: number): void {
    this.#entry[link] = none;
    const last = this.#calendar[--this.#calendarSize]!;
    if (last === link) return;
    this.#riseInCalendar(last, entry);
    if (this.#entry[last] === entry) this.#sinkInCalendar(last, entry);
  }

  #riseInCalendar(link: number, from: number): void {
    const calendar = this.#calendar;
    const completions = this.#completion;
    const completion = completions[link]!;
    let entry = from;
    while (entry > 0) {
      const above = (entry - 1) >> 1;
      const other = calendar[above]!;
      if (completions[other]! <= completion) break;
      calendar[entry] = other;
      this.#entry[other] = entry;
      entry = above;
    }
    calendar[entry] = link;
    this.#entry[link] = entry;
  }

  #sinkInCalendar(link: number, from: number): void {
    const calendar = this.#calendar;
    const completions = this.#completion;
    const completion = completions[link]!;
    const size = this.#calendarSize;
    let entry = from;
    for (let below = 2 * entry + 1; below < size; below = 2 * entry + 1) {
      if (below + 1 < size && completions[calendar[below + 1]!]! < completions[calendar[below]!]!) {
        below++;
      }
      const other = calendar[below]!;
      if (completions[other]! >= completion) break;
      calendar[entry] = other;
      this.#entry[other] = entry;
      entry = below;
    }
    calendar[entry] = link;
    this.#entry[link] = entry;
  }
}

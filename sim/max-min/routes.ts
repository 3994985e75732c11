import { grownDoubles, grownIntegers } from '../../core/growth.ts';

/**
 * Which live flows cross which links. A *crossing* is one link of one flow's route; it has a number
 * of its own, so that what belongs to the pair can live in arrays.
 *
 * Links are full or slack. The crossings of a full link are kept in two parts: the *watched* ones,
 * whose flow crosses another full link or has its bottleneck elsewhere, and the *quiet* ones, whose
 * flow has its bottleneck here and crosses only slack links besides. A quiet flow concerns nobody
 * else as long as its rate keeps to what its slack links have granted it. On a slack link the
 * distinction has no meaning, and none is watched.
 */
export class Routes {
  /** Per flow: its crossings are `first[flow]` to `end[flow] - 1`. */
  first = new Int32Array(64);
  end = new Int32Array(64);

  /** Per crossing. */
  flow = new Int32Array(128);
  link = new Int32Array(128);
  /** Index in the link's list. */
  position = new Int32Array(128);
  /** On a slack link: the rate up to which the flow may go without asking, bytes per second. */
  grant = new Float64Array(128);

  /** Per link: the crossings of live flows, the watched ones first. */
  readonly crossings: Int32Array<ArrayBuffer>[] = [];
  count = new Int32Array(16);
  watched = new Int32Array(16);

  links = 0;
  flows = 0;
  #crossingsUsed = 0;
  /** Flows that were removed, by the length of their routes: their crossings are used again. */
  readonly #vacant = new Map<number, number[]>();

  addLink(): number {
    if (this.links === this.count.length) {
      this.count = grownIntegers(this.count, 2 * this.links);
      this.watched = grownIntegers(this.watched, 2 * this.links);
    }
    this.crossings.push(new Int32Array(4));
    return this.links++;
  }

  addFlow(route: readonly number[]): number {
    if (route.length === 0) throw new RangeError('a flow crosses at least one link');
    if (route.some((link, hop) => route.indexOf(link) !== hop)) {
      throw new RangeError(`route ${route} crosses a link twice`);
    }
    const flow = this.#vacant.get(route.length)?.pop() ?? this.#claim(route.length);
    const first = this.first[flow]!;
    route.forEach((link, hop) => {
      this.link[first + hop] = link;
    });
    return flow;
  }

  removeFlow(flow: number): void {
    const length = this.end[flow]! - this.first[flow]!;
    const vacant = this.#vacant.get(length);
    if (vacant === undefined) this.#vacant.set(length, [flow]);
    else vacant.push(flow);
  }

  /** Lists a crossing of a flow that begins, as a quiet one. */
  enter(crossing: number): void {
    const link = this.link[crossing]!;
    const position = this.count[link]!++;
    let list = this.crossings[link]!;
    if (position === list.length) {
      list = grownIntegers(list, 2 * position);
      this.crossings[link] = list;
    }
    list[position] = crossing;
    this.position[crossing] = position;
  }

  /** Takes a crossing of a flow that ends off its list. */
  leave(crossing: number): void {
    const link = this.link[crossing]!;
    if (this.position[crossing]! < this.watched[link]!) this.quieten(crossing);
    const list = this.crossings[link]!;
    const last = list[--this.count[link]!]!;
    const position = this.position[crossing]!;
    list[position] = last;
    this.position[last] = position;
  }

  /** Moves a quiet crossing to the watched ones. */
  watch(crossing: number): void {
    const link = this.link[crossing]!;
    this.#swap(link, crossing, this.watched[link]!++);
  }

  /** Moves a watched crossing to the quiet ones. */
  quieten(crossing: number): void {
    const link = this.link[crossing]!;
    this.#swap(link, crossing, --this.watched[link]!);
  }

  #swap(link: number, crossing: number, to: number): void {
    const list = this.crossings[link]!;
    const other = list[to]!;
    const from = this.position[crossing]!;
    list[from] = other;
    this.position[other] = from;
    list[to] = crossing;
    this.position[crossing] = to;
  }

  #claim(length: number): number {
    const flow = this.flows++;
    if (flow === this.first.length) {
      this.first = grownIntegers(this.first, 2 * flow);
      this.end = grownIntegers(this.end, 2 * flow);
    }
    const first = this.#crossingsUsed;
    const end = first + length;
    this.#crossingsUsed = end;
    if (end > this.flow.length) {
      const room = Math.max(end, 2 * this.flow.length);
      this.flow = grownIntegers(this.flow, room);
      this.link = grownIntegers(this.link, room);
      this.position = grownIntegers(this.position, room);
      this.grant = grownDoubles(this.grant, room);
    }
    this.first[flow] = first;
    this.end[flow] = end;
    this.flow.fill(flow, first, end);
    return flow;
  }
}

import { grownDoubles } from '../../core/growth.ts';
import { IntegerList } from '../integer-list.ts';
import type { Sharing } from '../sharing.ts';
import { Groups } from './groups.ts';
import { type LinkLimits, Refill } from './refill.ts';
import { Routes } from './routes.ts';

const none = -1;

/**
 * Max-min fair sharing, exact and incremental: a change costs what it reaches. Links are either
 * full, with a level that is the rate of the flows whose bottleneck they are, or slack.
 *
 * Invariants, after every settle:
 * - The rate of a flow is the lowest level on its route: that of its group.
 * - A full link carries its capacity. (This and the one before are max-min fairness.)
 * - A slack link has granted each of its flows a rate that it keeps to; grants and reserve together
 *   are the capacity. So a level may move without a look at the slack links that its flows cross.
 *
 * Most changes at a busy server are one new level, computed by one division: where all flows of a
 * link are quiet (see `Routes`) and the grants suffice. All others are a `Refill`.
 */
export class MaxMin implements Sharing {
  readonly #routes = new Routes();
  readonly #groups = new Groups();
  readonly #limits: LinkLimits = {
    capacity: new Float64Array(16),
    reserve: new Float64Array(16),
    grantMin: new Float64Array(16)
  };
  readonly #refill = new Refill(this.#routes, this.#groups, this.#limits);

  /** Flows that start at this instant. */
  readonly #fresh = new IntegerList();
  /** Links that a change of this instant has touched; and per link, whether it is among them. */
  readonly #touched = new IntegerList();
  #isTouched = new Float64Array(16);
  readonly #toRefill = new IntegerList();

  addLink(bytesPerSecond: number): number {
    const link = this.#routes.addLink();
    const limits = this.#limits;
    if (link === limits.capacity.length) {
      limits.capacity = grownDoubles(limits.capacity, 2 * link);
      limits.reserve = grownDoubles(limits.reserve, 2 * link);
      limits.grantMin = grownDoubles(limits.grantMin, 2 * link);
      this.#isTouched = grownDoubles(this.#isTouched, 2 * link);
    }
    this.#groups.addLink();
    this.#refill.addLink(link);
    limits.capacity[link] = bytesPerSecond;
    limits.reserve[link] = bytesPerSecond;
    limits.grantMin[link] = Infinity;
    return link;
  }

  addFlow(route: readonly number[]): number {
    const flow = this.#routes.addFlow(route);
    this.#groups.addFlow(flow);
    this.#refill.addFlow(flow);
    return flow;
  }

  removeFlow(flow: number): void {
    this.#routes.removeFlow(flow);
  }

  start(flow: number, bytes: number, _seconds: number): void {
    const { first, end, grant } = this.#routes;
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      this.#routes.enter(crossing);
      grant[crossing] = 0;
    }
    this.#groups.hold(flow, bytes);
    this.#fresh.push(flow);
  }

  stop(flow: number, seconds: number): number {
    const { first, end, link: linkOf, count, watched, grant } = this.#routes;
    const group = this.#groups.group[flow]!;
    const left = this.#groups.quit(flow, seconds);
    if (group !== none) this.#groups.rekey(group);
    else this.#fresh.remove(flow);
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      const link = linkOf[crossing]!;
      this.#routes.leave(crossing);
      if (count[link] === 0) this.#idle(link);
      else if (this.#groups.level[link] === Infinity) {
        this.#limits.reserve[link]! += grant[crossing]!;
      } else {
        if (count[link] === watched[link]) this.#limits.grantMin[link] = Infinity;
        this.#touch(link);
      }
    }
    return left;
  }

  setCapacity(link: number, bytesPerSecond: number, _seconds: number): void {
    const { capacity, reserve } = this.#limits;
    const more = bytesPerSecond - capacity[link]!;
    capacity[link] = bytesPerSecond;
    if (this.#routes.count[link] === 0) reserve[link] = bytesPerSecond;
    else if (this.#groups.level[link]! < Infinity) this.#touch(link);
    else {
      reserve[link]! += more;
      if (reserve[link]! < 0) this.#touch(link);
    }
  }

  settle(seconds: number): void {
    const { count, watched } = this.#routes;
    const { capacity, grantMin } = this.#limits;
    const groups = this.#groups;
    const fresh = this.#fresh;
    for (let index = 0; index < fresh.size; index++) this.#place(fresh.items[index]!, seconds);
    fresh.clear();
    this.#toRefill.clear();
    const touched = this.#touched;
    for (let index = 0; index < touched.size; index++) {
      const link = touched.items[index]!;
      this.#isTouched[link] = 0;
      if (count[link] === 0) continue;
      const share = capacity[link]! / count[link]!;
      if (watched[link] === 0 && groups.level[link]! < Infinity && share <= grantMin[link]!) {
        groups.serve(link, seconds);
        groups.level[link] = share;
        groups.rekey(link);
      } else this.#toRefill.push(link);
    }
    touched.clear();
    if (this.#toRefill.size === 0) return;
    this.#refill.run(this.#toRefill);
    this.#regroup(seconds);
    const { items, size } = this.#refill.joined;
    for (let index = 0; index < size; index++) {
      if (groups.level[items[index]!] === Infinity) this.#grantAnew(items[index]!);
    }
    for (let index = 0; index < size; index++) this.#quieten(items[index]!);
  }

  nextCompletion(): number {
    return this.#groups.nextCompletion();
  }

  nextFlow(): number {
    return this.#groups.nextFlow();
  }

  rate(flow: number): number {
    const group = this.#groups.group[flow]!;
    return group === none ? 0 : this.#groups.level[group]!;
  }

  remaining(flow: number, seconds: number): number {
    return this.#groups.left(flow, seconds);
  }

  #touch(link: number): void {
    if (this.#isTouched[link] === 1) return;
    this.#isTouched[link] = 1;
    this.#touched.push(link);
  }

  /** The last flow of a link has gone. */
  #idle(link: number): void {
    this.#groups.level[link] = Infinity;
    this.#limits.reserve[link] = this.#limits.capacity[link]!;
    this.#limits.grantMin[link] = Infinity;
  }

  /**
   * Finds a fresh flow its bottleneck, or the links that will tell. With one full link on its route
   * it is that one; with more, all of them are filled anew. Where all are slack, it is the one of
   * the least fair share, unless others cannot grant as much.
   */
  #place(flow: number, seconds: number): void {
    const { first, end, link: linkOf, count } = this.#routes;
    const levels = this.#groups.level;
    let full = 0;
    let lowest = Infinity;
    let bottleneck = none;
    let least = Infinity;
    let tightest = none;
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      const link = linkOf[crossing]!;
      const level = levels[link]!;
      if (level < Infinity) {
        full++;
        this.#touch(link);
        if (level < lowest) {
          lowest = level;
          bottleneck = link;
        }
      } else {
        const share = this.#limits.capacity[link]! / count[link]!;
        if (share < least) {
          least = share;
          tightest = link;
        }
      }
    }
    if (full === 0) {
      this.#touch(tightest);
      this.#askGrants(flow, tightest, least);
      return;
    }
    const granted = this.#askGrants(flow, bottleneck, lowest);
    if (full === 1) {
      this.#groups.join(flow, bottleneck, this.#groups.left(flow, seconds), seconds);
      const { grantMin } = this.#limits;
      if (granted < grantMin[bottleneck]!) grantMin[bottleneck] = granted;
      return;
    }
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      if (levels[linkOf[crossing]!]! < Infinity) this.#routes.watch(crossing);
    }
  }

  /**
   * The slack links of a fresh flow, but for its bottleneck, grant it a rate out of their reserves:
   * room for its level to grow fourfold if that leaves as much, else twofold. One that cannot grant
   * the level itself is filled anew. Returns the least grant of the others.
   */
  #askGrants(flow: number, bottleneck: number, level: number): number {
    const { first, end, link: linkOf, grant } = this.#routes;
    const { reserve } = this.#limits;
    let least = Infinity;
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      const link = linkOf[crossing]!;
      if (link === bottleneck || this.#groups.level[link]! < Infinity) continue;
      const wish = Math.max(2 * level, Math.min(4 * level, reserve[link]! / 2));
      const granted = Math.max(0, Math.min(reserve[link]!, wish));
      grant[crossing] = granted;
      reserve[link]! -= granted;
      if (granted < level) this.#touch(link);
      else if (granted < least) least = granted;
    }
    return least;
  }

  /** Gives joined links their new levels, and moves the flows whose bottleneck has changed. */
  #regroup(seconds: number): void {
    const refill = this.#refill;
    const groups = this.#groups;
    const { items: joined, size } = refill.joined;
    for (let index = 0; index < size; index++) {
      const link = joined[index]!;
      groups.serve(link, seconds);
      // One that is slack now keeps its old level until its flows have left its group.
      const level = refill.level(link);
      if (level < Infinity) groups.level[link] = level;
    }
    const { items: moved, size: movedSize } = refill.moved;
    for (let index = 0; index < movedSize; index++) {
      const flow = moved[index]!;
      const from = groups.group[flow]!;
      const to = refill.bottleneck(flow);
      groups.join(flow, to, groups.quit(flow, seconds), seconds);
      if (from !== none && !refill.hasJoined(from)) groups.rekey(from);
      if (!refill.hasJoined(to)) groups.rekey(to);
    }
    for (let index = 0; index < size; index++) {
      const link = joined[index]!;
      groups.level[link] = refill.level(link);
      groups.rekey(link);
    }
  }

  /** A joined link is slack: half of what its flows leave is granted to them, half kept. */
  #grantAnew(link: number): void {
    const { crossings, count, watched, flow, grant } = this.#routes;
    const rest = Math.max(0, this.#refill.rest(link));
    const list = crossings[link]!;
    const more = rest / (2 * count[link]!);
    for (let position = 0; position < count[link]!; position++) {
      const crossing = list[position]!;
      grant[crossing] = this.#refill.rate(flow[crossing]!) + more;
    }
    watched[link] = 0;
    this.#limits.reserve[link] = rest / 2;
    this.#limits.grantMin[link] = Infinity;
  }

  /** Finds the flows that are quiet now because a joined link has become slack, or full. */
  #quieten(link: number): void {
    const { crossings, count, watched, flow } = this.#routes;
    const list = crossings[link]!;
    if (this.#groups.level[link] === Infinity) {
      for (let position = 0; position < count[link]!; position++) {
        this.#quietenFlow(flow[list[position]!]!);
      }
    } else if (this.#refill.wasSlack(link)) {
      for (let position = watched[link]! - 1; position >= 0; position--) {
        this.#quietenFlow(flow[list[position]!]!);
      }
    }
  }

  #quietenFlow(flow: number): void {
    const { first, end, link: linkOf, grant, position, watched } = this.#routes;
    const levels = this.#groups.level;
    let full = none;
    let least = Infinity;
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      const link = linkOf[crossing]!;
      if (levels[link] === Infinity) least = Math.min(least, grant[crossing]!);
      else if (full === none) full = crossing;
      else return;
    }
    const bottleneck = linkOf[full]!;
    if (position[full]! >= watched[bottleneck]!) return;
    this.#routes.quieten(full);
    const { grantMin } = this.#limits;
    if (least < grantMin[bottleneck]!) grantMin[bottleneck] = least;
  }
}

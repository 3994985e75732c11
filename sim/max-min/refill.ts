import { grownDoubles, grownIntegers } from '../../core/growth.ts';
import { IntegerList } from '../integer-list.ts';
import { Agenda, filling, freezing, releasing } from './agenda.ts';
import type { Groups } from './groups.ts';
import type { Routes } from './routes.ts';

const none = -1;

/**
 * Progressive filling of only those links that a change reaches.
 *
 * The rates of the *joined* links are found anew by letting a common level rise from 0. All other
 * links are taken to keep their level if full, and to keep to their grants if slack. Where that
 * would no longer be so, the link joins, at the level where it ceases to be so; what happened below
 * that level does not depend on it, since there all its flows are below their shares.
 *
 * - A flow *freezes* at the lowest level among the full links of its route that have not joined.
 * - A joined link *fills* at (capacity - rates frozen) / (flows not frozen): its flows freeze there,
 *   and this level is final. Full links which those of them cross whose rate has changed join.
 *   Before that level, a slack link joins when a flow reaches its grant and there is no reserve.
 * - A joined link that does not fill at its old level *releases* there the flows it held back: the
 *   full links which they cross join, for their rates are about to rise.
 *
 * Invariant: a link that joins at some level carries no more than its capacity there.
 */
export class Refill {
  /** The links that joined, in order. */
  readonly joined = new IntegerList();
  /** The flows whose group changes; `rate` and `bottleneck` say to what. */
  readonly moved = new IntegerList();

  /** Per link: the refill in which it joined, or got its final level, by number. */
  #joinedIn = new Int32Array(16);
  #finalIn = new Int32Array(16);
  #wasSlack = new Int32Array(16);
  /** Per joined link: capacity not frozen, flows not frozen, least grant on their way, new level. */
  #rest = new Float64Array(16);
  #open = new Int32Array(16);
  #grantMin = new Float64Array(16);
  #level = new Float64Array(16);

  /** Per flow: the refill in which it froze or was put on the agenda; what came of it. */
  #frozenIn = new Int32Array(64);
  #listedIn = new Int32Array(64);
  #rate = new Float64Array(64);
  #bottleneck = new Int32Array(64);

  readonly #agenda = new Agenda();
  readonly #exhausted = new IntegerList();
  #number = 0;
  readonly #routes: Routes;
  readonly #groups: Groups;
  readonly #links: LinkLimits;

  constructor(routes: Routes, groups: Groups, links: LinkLimits) {
    this.#routes = routes;
    this.#groups = groups;
    this.#links = links;
  }

  addLink(link: number): void {
    if (link < this.#rest.length) return;
    const room = 2 * link;
    this.#joinedIn = grownIntegers(this.#joinedIn, room);
    this.#finalIn = grownIntegers(this.#finalIn, room);
    this.#wasSlack = grownIntegers(this.#wasSlack, room);
    this.#rest = grownDoubles(this.#rest, room);
    this.#open = grownIntegers(this.#open, room);
    this.#grantMin = grownDoubles(this.#grantMin, room);
    this.#level = grownDoubles(this.#level, room);
  }

  addFlow(flow: number): void {
    if (flow < this.#rate.length) return;
    const room = 2 * flow;
    this.#frozenIn = grownIntegers(this.#frozenIn, room);
    this.#listedIn = grownIntegers(this.#listedIn, room);
    this.#rate = grownDoubles(this.#rate, room);
    this.#bottleneck = grownIntegers(this.#bottleneck, room);
  }

  hasJoined(link: number): boolean {
    return this.#joinedIn[link] === this.#number;
  }

  /** Whether a joined link was slack before. */
  wasSlack(link: number): boolean {
    return this.#wasSlack[link] === 1;
  }

  /** The new level of a joined link; Infinity when it is slack now. */
  level(link: number): number {
    return this.#finalIn[link] === this.#number ? this.#level[link]! : Infinity;
  }

  /** Capacity that the flows of a joined link leave, when it is slack. */
  rest(link: number): number {
    return this.#rest[link]!;
  }

  /** The new rate of a flow of a link that is slack now. */
  rate(flow: number): number {
    return this.#rate[flow]!;
  }

  bottleneck(flow: number): number {
    return this.#bottleneck[flow]!;
  }

  /** Fills the given links anew, and whatever they reach. */
  run(links: IntegerList): void {
    this.#number++;
    this.joined.clear();
    this.moved.clear();
    // None of them may be taken for one that keeps its level while another joins.
    const { items, size } = links;
    for (let index = 0; index < size; index++) this.#joinedIn[items[index]!] = this.#number;
    for (let index = 0; index < size; index++) this.#join(items[index]!, 0);
    const agenda = this.#agenda;
    while (agenda.size > 0) {
      const level = agenda.level;
      const code = agenda.pop();
      const kind = code & 3;
      const id = code >> 2;
      if (kind === filling) this.#fill(id, level);
      else if (kind === freezing) this.#meet(id, level);
      else this.#release(id, level);
    }
  }

  /** A link takes part from `level` on. */
  #join(link: number, level: number): void {
    const { crossings, watched, count } = this.#routes;
    const full = this.#groups.level[link]! < Infinity;
    if (!full) this.#watchAll(link);
    this.#wasSlack[link] = full ? 0 : 1;
    this.joined.push(link);
    this.#joinedIn[link] = this.#number;
    this.#rest[link] = this.#links.capacity[link]!;
    const quiet = count[link]! - watched[link]!;
    this.#open[link] = quiet;
    this.#grantMin[link] = quiet > 0 ? this.#links.grantMin[link]! : Infinity;
    const list = crossings[link]!;
    let held = false;
    for (let position = 0; position < watched[link]!; position++) {
      if (this.#meetIn(link, this.#routes.flow[list[position]!]!, level)) held = true;
    }
    this.#plan(link);
    if (full && held) this.#agenda.push(this.#groups.level[link]!, releasing, link);
  }

  /**
   * Takes a watched flow of a joining link into account. Whether the link holds the flow back from
   * a full link that has not joined.
   */
  #meetIn(link: number, flow: number, level: number): boolean {
    if (this.#frozenIn[flow] === this.#number) {
      this.#rest[link]! -= this.#rate[flow]!;
      return false;
    }
    this.#open[link]!++;
    const { first, end, link: linkOf, grant } = this.#routes;
    const levels = this.#groups.level;
    let lowest = Infinity;
    let bottleneck = none;
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      const other = linkOf[crossing]!;
      if (this.#joinedIn[other] === this.#number) continue;
      const otherLevel = levels[other]!;
      if (otherLevel === Infinity) {
        if (grant[crossing]! < this.#grantMin[link]!) this.#grantMin[link] = grant[crossing]!;
      } else if (otherLevel < lowest) {
        lowest = otherLevel;
        bottleneck = other;
      }
    }
    if (bottleneck === none) return false;
    if (lowest <= level) {
      this.#freeze(flow, lowest, bottleneck);
      return false;
    }
    if (this.#listedIn[flow] !== this.#number) {
      this.#listedIn[flow] = this.#number;
      this.#agenda.push(lowest, freezing, flow);
    }
    return this.#groups.group[flow] === link;
  }

  /** A slack link is to join: the full links of its flows must watch these from now on. */
  #watchAll(link: number): void {
    const routes = this.#routes;
    const { first, end, flow: flowOf, link: linkOf, watched, position: positions } = routes;
    const list = routes.crossings[link]!;
    const levels = this.#groups.level;
    const count = routes.count[link]!;
    for (let position = 0; position < count; position++) {
      const flow = flowOf[list[position]!]!;
      for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
        const other = linkOf[crossing]!;
        if (levels[other] === Infinity || positions[crossing]! < watched[other]!) continue;
        routes.watch(crossing);
        if (watched[other] === routes.count[other]) this.#links.grantMin[other] = Infinity;
        // A quiet flow of a link with a final level froze there unseen.
        if (this.#finalIn[other] === this.#number) this.#mark(flow, this.#level[other]!, other);
      }
    }
    watched[link] = count;
  }

  /** A flow arrives at the lowest level of the full links that had not joined when it was listed. */
  #meet(flow: number, level: number): void {
    if (this.#frozenIn[flow] === this.#number) return;
    const { first, end, link: linkOf } = this.#routes;
    const levels = this.#groups.level;
    let lowest = Infinity;
    let bottleneck = none;
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      const other = linkOf[crossing]!;
      if (this.#joinedIn[other] !== this.#number && levels[other]! < lowest) {
        lowest = levels[other]!;
        bottleneck = other;
      }
    }
    if (bottleneck === none) return;
    if (lowest > level) this.#agenda.push(lowest, freezing, flow);
    else this.#freeze(flow, lowest, bottleneck);
  }

  /** A joined link comes to the level for which it was planned. */
  #fill(link: number, level: number): void {
    if (this.#finalIn[link] === this.#number || this.#open[link] === 0) return;
    const share = this.#rest[link]! / this.#open[link]!;
    if (Math.min(share, this.#grantMin[link]!) > level) this.#plan(link);
    else if (this.#grantMin[link]! < share) this.#renew(link, share, level);
    else this.#finish(link, Math.max(0, share));
  }

  /** Puts a joined link on the agenda where it fills, or where the first grant ends. */
  #plan(link: number): void {
    if (this.#open[link] === 0) return;
    const share = Math.max(0, this.#rest[link]! / this.#open[link]!);
    this.#agenda.push(Math.min(share, this.#grantMin[link]!), filling, link);
  }

  /** The level of a joined link is final: its flows freeze, and who feels it joins. */
  #finish(link: number, level: number): void {
    this.#finalIn[link] = this.#number;
    this.#level[link] = level;
    const { crossings, watched, flow: flowOf } = this.#routes;
    const list = crossings[link]!;
    // All of them freeze before anyone joins, or a neighbour would count some of them as open.
    let changed = false;
    for (let position = 0; position < watched[link]!; position++) {
      const flow = flowOf[list[position]!]!;
      if (this.#frozenIn[flow] === this.#number) continue;
      this.#freeze(flow, level, link);
      const group = this.#groups.group[flow]!;
      if (group !== none && this.#groups.level[group] !== level) changed = true;
    }
    if (!changed) return;
    for (let position = 0; position < watched[link]!; position++) {
      const flow = flowOf[list[position]!]!;
      if (this.#bottleneck[flow] !== link || this.#frozenIn[flow] !== this.#number) continue;
      const group = this.#groups.group[flow]!;
      if (group !== none && this.#groups.level[group] !== level) this.#joinFull(flow, level);
    }
  }

  /** A joined link did not fill at its old level: the flows that it held there go on rising. */
  #release(link: number, level: number): void {
    if (this.#finalIn[link] === this.#number || this.#open[link] === 0) return;
    const { crossings, watched, flow: flowOf } = this.#routes;
    const list = crossings[link]!;
    for (let position = 0; position < watched[link]!; position++) {
      const flow = flowOf[list[position]!]!;
      if (this.#groups.group[flow] !== link || this.#frozenIn[flow] === this.#number) continue;
      this.#joinFull(flow, level);
    }
  }

  /** The full links of a flow's route join. */
  #joinFull(flow: number, level: number): void {
    const { first, end, link: linkOf } = this.#routes;
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      const link = linkOf[crossing]!;
      if (this.#joinedIn[link] === this.#number || this.#groups.level[link] === Infinity) continue;
      this.#join(link, level);
    }
  }

  /**
   * Flows of a joined link have come to the end of their grants, short of its share. Slack links
   * with a reserve grant more; one without joins if its grant ends at this level.
   */
  #renew(link: number, share: number, level: number): void {
    const { crossings, watched, count, flow: flowOf } = this.#routes;
    const list = crossings[link]!;
    this.#exhausted.clear();
    let quietMin = Infinity;
    for (let position = watched[link]!; position < count[link]!; position++) {
      const grant = this.#renewFlow(flowOf[list[position]!]!, share, level);
      if (grant < quietMin) quietMin = grant;
    }
    this.#links.grantMin[link] = quietMin;
    let grantMin = quietMin;
    for (let position = 0; position < watched[link]!; position++) {
      const flow = flowOf[list[position]!]!;
      if (this.#frozenIn[flow] === this.#number) continue;
      const grant = this.#renewFlow(flow, share, level);
      if (grant < grantMin) grantMin = grant;
    }
    this.#grantMin[link] = grantMin;
    const { items, size } = this.#exhausted;
    for (let index = 0; index < size; index++) {
      const slack = items[index]!;
      if (this.#joinedIn[slack] !== this.#number) this.#join(slack, level);
    }
    this.#plan(link);
  }

  /** Asks the slack links of a flow for `share`; returns the least grant of those still out. */
  #renewFlow(flow: number, share: number, level: number): number {
    const { first, end, link: linkOf, grant } = this.#routes;
    const { reserve } = this.#links;
    let least = Infinity;
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      const link = linkOf[crossing]!;
      if (this.#joinedIn[link] === this.#number || this.#groups.level[link]! < Infinity) continue;
      const granted = grant[crossing]!;
      // Some more than is needed now, or the next small rise would ask all flows again.
      if (granted < 1.5 * share) {
        const more = Math.min(reserve[link]!, 2 * share - granted);
        if (granted + more >= share) {
          reserve[link]! -= more;
          grant[crossing] = granted + more;
        } else if (granted <= level) {
          this.#exhausted.push(link);
          continue;
        }
      }
      if (grant[crossing]! < least) least = grant[crossing]!;
    }
    return least;
  }

  /** A flow gets its new rate. */
  #freeze(flow: number, rate: number, bottleneck: number): void {
    this.#mark(flow, rate, bottleneck);
    const { first, end, link: linkOf } = this.#routes;
    for (let crossing = first[flow]!; crossing < end[flow]!; crossing++) {
      const link = linkOf[crossing]!;
      if (this.#joinedIn[link] !== this.#number || this.#finalIn[link] === this.#number) continue;
      this.#rest[link]! -= rate;
      this.#open[link]!--;
    }
  }

  #mark(flow: number, rate: number, bottleneck: number): void {
    this.#frozenIn[flow] = this.#number;
    this.#rate[flow] = rate;
    this.#bottleneck[flow] = bottleneck;
    if (this.#groups.group[flow] !== bottleneck) this.moved.push(flow);
  }
}

/** What links can carry, and what the slack ones have promised. */
export interface LinkLimits {
  /** Per link, bytes per second. */
  capacity: Float64Array;
  /** Per slack link: capacity that is granted to no flow. */
  reserve: Float64Array;
  /** Per full link: a lower bound of what its quiet flows have been granted elsewhere. */
  grantMin: Float64Array;
}

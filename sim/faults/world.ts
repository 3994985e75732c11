/** What faults do in a simulation, by its parts. */
import type { RunSetup } from '../../core/setup.ts';
import type { Mail } from '../mail.ts';
import type { Network } from '../network.ts';
import type { NodeDriver } from '../node-driver.ts';
import type { Observer } from '../observer.ts';
import { revived, type Seat } from '../seat.ts';
import type { Timeline } from '../timeline.ts';
import { Faults } from './faults.ts';
import { linkFailures } from './link-failures.ts';
import type { Stage } from './stage.ts';

/** The parts of a simulation. */
export interface World {
  readonly setup: RunSetup;
  readonly seats: Seat[];
  readonly timeline: Timeline;
  readonly nodes: NodeDriver;
  readonly network: Network;
  readonly mail: Mail;
  readonly observer: Observer;
}

/** What only the simulation itself can do. */
export interface WorldOwner {
  fail(reason: string): void;
}

/** The faults of a run; null where it has none. */
export function faultsOf(world: World, owner: WorldOwner): Faults | null {
  const { environment, seed, workers } = world.setup.config;
  const ids = world.seats.map(({ id }) => id);
  const failures = linkFailures(environment, ids);
  if (environment.faults.length + failures.length === 0) return null;
  const faults = new Faults(environment, { seed, workers, ids }, stageOf(world, owner));
  faults.failLinks(failures);
  return faults;
}

function stageOf(world: World, { fail }: WorldOwner): Stage {
  const { setup, seats, timeline, nodes, network, mail, observer } = world;
  return {
    now: () => timeline.now,
    later: (at, call) => timeline.push(at, { kind: 'call', call }),
    hand: (node, input) => nodes.hand(node, input),
    fail,
    lose: (from, to) => mail.lose(timeline.now, from, to),
    isAlive: node => seats[node]!.alive && seats[node]!.outcome === null,
    isComputing: () => seats.some(({ alive, computing }) => alive && computing.size > 0),
    incarnation: node => seats[node]!.incarnation,
    setSpeed: (node, speed) => nodes.setSpeed(node, speed),
    hostOf: node => seats[node]!.host,
    setLinkFactor(host, direction, factor) {
      const { controls } = network;
      const links = controls?.linksAt(host, direction) ?? [];
      for (const link of links) controls?.scale(timeline.now, link, factor);
    },
    crash: node => nodes.crash(node),
    restart(node) {
      const seat = revived(setup, seats[node]!, timeline.now);
      seats[node] = seat;
      const { incarnation, persisted: restored } = seat;
      nodes.hand(node, { kind: 'start', incarnation, restored });
    },
    row: row => observer.row?.(row),
    told: phase => observer.fault?.(phase)
  };
}

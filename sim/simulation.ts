/**
 * Virtual time: drives the nodes of a run through a modelled network, computing nothing itself.
 * Gradients are asked for when the virtual time at which they are due has come; whoever runs the
 * simulation provides them.
 */
import type { Message } from '../core/message.ts';
import type { Input, Instant, NodeId, Outcome, Result } from '../core/node.ts';
import { nodeIds, placeOf } from '../core/node-id.ts';
import type { RunSetup } from '../core/setup.ts';
import { type SimulationOptions, Watch } from './checks/watch.ts';
import { computationsOf } from './computations.ts';
import type { CrossTraffic } from './cross-traffic.ts';
import { endRows } from './end-rows.ts';
import type { Event } from './events.ts';
import type { Faults } from './faults/faults.ts';
import { faultsOf } from './faults/world.ts';
import { Flights } from './flights.ts';
import { processorsOf } from './host-processors.ts';
import { hostsOf } from './hosts.ts';
import { Mail } from './mail.ts';
import type { Network } from './network.ts';
import { NodeDriver } from './node-driver.ts';
import type { Observer, Outstanding } from './observer.ts';
import type { Processors } from './processors.ts';
import { type Seat, seat, stuck } from './seat.ts';
import { meetAll } from './sessions.ts';
import { Timeline } from './timeline.ts';

/** A run in virtual time. */
export class Simulation {
  readonly #setup: RunSetup;
  readonly #network: Network;
  readonly #processors: Processors | null;
  readonly #traffic: CrossTraffic | null;
  readonly #seats: Seat[];
  readonly #timeline = new Timeline();
  readonly #mail: Mail;
  readonly #nodes: NodeDriver;
  readonly #observer: Observer;
  readonly #watch: Watch | null;
  /** Null where nothing can go wrong. */
  readonly #faults: Faults | null;
  #failure: Outcome | null = null;
  #outstanding: (Outstanding & { readonly seat: number; readonly id: number }) | null = null;
  #running: number;

  constructor(setup: RunSetup, observer: Observer = {}, options: SimulationOptions | null = null) {
    const { config } = setup;
    this.#setup = setup;
    this.#observer = observer;
    const ids = nodeIds(config);
    const hosts = hostsOf(config, ids);
    const flights = new Flights();
    this.#watch = options === null ? null : new Watch(setup, options);
    this.#network = this.#watch?.over(hosts.network, flights, ids) ?? hosts.network;
    this.#processors = processorsOf(config, ids, hosts.of);
    this.#traffic = hosts.traffic;
    this.#seats = ids.map((id, index) => seat(setup, id, hosts.of[index]!));
    this.#mail = new Mail(this.#seats, this.#network, flights, observer);
    this.#running = ids.length;
    this.#nodes = this.#driver();
    this.#faults = faultsOf(
      {
        setup,
        seats: this.#seats,
        timeline: this.#timeline,
        nodes: this.#nodes,
        network: this.#network,
        mail: this.#mail,
        observer
      },
      {
        fail: reason => {
          this.#failure = { kind: 'failed', reason };
        }
      }
    );
    this.#begin();
  }

  get now(): Instant {
    return this.#timeline.now;
  }

  /** Events so far, where they are watched. */
  get events(): number {
    return this.#watch?.events ?? 0;
  }

  /** Messages sent so far, of all classes. */
  get messages(): number {
    return this.#mail.sent;
  }

  /** How the run ended, by the coordinator or by faults; null while it goes on. */
  get outcome(): Outcome | null {
    return this.#failure ?? this.#seats[0]!.outcome;
  }

  /**
   * Goes on until a result is needed, which is returned, or until the run has ended (null). Throws
   * when nothing is left to happen and the run has not ended: a bug of the protocol, unless faults
   * have struck; then it is how the run ended.
   */
  advance(): Outstanding | null {
    if (this.#outstanding !== null) throw new Error('a result is outstanding: provide it first');
    while (this.#running > 0 && this.#failure === null) {
      this.#turn();
      if (this.#outstanding !== null) return this.#outstanding;
    }
    this.#faults?.finish();
    for (const row of endRows(this.#seats, this.#network, this.#traffic)) this.#observer.row?.(row);
    return null;
  }

  /** Provides the result that `advance` asked for. */
  provide(result: Result): void {
    if (this.#outstanding === null) throw new Error('no result is outstanding');
    const { seat, id } = this.#outstanding;
    this.#outstanding = null;
    this.#nodes.hand(seat, { kind: 'computed', id, result });
  }

  /**
   * Makes all that the process of a node does go at `speed` times its pace from now on: what it
   * computes, and the work of what it handles. At 0 it stands still, and what comes waits. Only where
   * processors are shared (`processorsOf`): elsewhere nothing can be changed once it is begun.
   */
  setSpeed(node: NodeId, speed: number): void {
    this.#nodes.setSpeed(this.#placeOf(node), speed);
  }

  #driver(): NodeDriver {
    return new NodeDriver(
      {
        seats: this.#seats,
        timeline: this.#timeline,
        computations: computationsOf(this.#setup, this.#seats, this.#processors),
        processors: this.#processors,
        observer: this.#observer,
        watch: this.#watch
      },
      {
        send: (from, to, message, priority) => this.#send(from, to, message, priority),
        due: (node, id, job) => {
          const seat = this.#seats[node]!;
          this.#outstanding = { seat: node, id, job, node: seat.id, at: this.#timeline.now };
        },
        handing: (node, input) => this.#faults?.handing(node, input),
        handled: (node, effects) => this.#faults?.handled(node, effects),
        stopped: () => {
          this.#running -= 1;
        }
      }
    );
  }

  #begin(): void {
    for (let i = 0; i < this.#seats.length; i++) {
      this.#nodes.hand(i, { kind: 'start', incarnation: 0, restored: null });
    }
    meetAll(this.#setup.config, (index, other) => {
      const peer = this.#seats[other]!.id;
      this.#nodes.hand(index, { kind: 'session-up', peer, session: 0, incarnation: 0 });
    });
  }

  // One event. The network is asked for its next event only when the queue has none at this
  // instant, so that everything sent in one instant is solved together.
  #turn(): void {
    const timeline = this.#timeline;
    this.#watch?.turn(timeline.now, timeline.next);
    const waits = timeline.size - timeline.outdated - (this.#faults?.idle ?? 0);
    if (timeline.next > timeline.now || waits === 0) this.#goOn(waits);
    else this.#happen(timeline.pop());
  }

  #goOn(waits: number): void {
    const timeline = this.#timeline;
    const next = this.#network.nextEvent();
    const done = this.#processors?.nextEvent() ?? Infinity;
    // Of what goes on in the network by itself, no node ever hears.
    const first = Math.min(next, done, timeline.next);
    const isIdle = done === Infinity && waits + this.#mail.underWay === 0;
    if (first === Infinity || isIdle) {
      this.#giveUp();
      return;
    }
    timeline.now = first;
    if (next === timeline.now) this.#mail.deliver(next, this.#arrive);
    else if (done === timeline.now) this.#nodes.finishJobs();
    else this.#happen(timeline.pop());
  }

  #giveUp(): void {
    const faults = this.#faults?.describe() ?? '';
    const reason = stuck(this.#seats, this.#timeline.now, faults);
    if (faults === '') throw new Error(reason);
    this.#failure = { kind: 'failed', reason };
  }

  #happen(event: Event): void {
    if (event.kind === 'nothing') this.#timeline.outdated -= 1;
    else if (event.kind === 'call') event.call();
    else if (event.kind === 'arrival') {
      const { from, to, input } = event.arrival;
      this.#arrive(from, to, input);
    } else this.#nodes.happen(event);
  }

  readonly #arrive = (from: number, to: number, input: Input): void => {
    if (this.#faults === null) this.#nodes.hand(to, input);
    else this.#faults.arrive({ from, to, input });
  };

  #send(from: number, to: NodeId, message: Message, priority: number): void {
    const { now } = this.#timeline;
    const receiver = this.#placeOf(to);
    // Without a session it is lost, as on one that breaks: the node sends it again on the next.
    if (this.#faults !== null && !this.#faults.leaves(from, receiver)) return;
    const session = this.#faults === null ? 0 : this.#faults.sessionOf(from, receiver);
    this.#nodes.copy(from, message);
    this.#nodes.copy(receiver, message);
    const input = this.#mail.send(now, from, receiver, session, message, priority);
    if (input === null) return;
    this.#timeline.push(now, { kind: 'arrival', arrival: { from, to: receiver, input } });
  }

  #placeOf(node: NodeId): number {
    const place = placeOf(node, this.#setup.config.servers);
    if (this.#seats[place]?.id !== node) throw new Error(`there is no node ${node}`);
    return place;
  }
}

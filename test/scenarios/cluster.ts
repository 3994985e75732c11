/** A cluster that a script drives by hand; everything that happens in it is told as text. */
import type { Config } from '../../core/config.ts';
import { describe } from '../../core/describe.ts';
import { type Message, trafficClass } from '../../core/message.ts';
import type { Effect, Input, NodeId, Result, Snapshot } from '../../core/node.ts';
import { setupRun } from '../../core/setup.ts';
import { type Flight, HandDriver } from '../hand-driver.ts';
import type { Ledger } from '../ledger.ts';
import { type DescribeValues, describeEffect, describeJob } from './describe-effect.ts';

export class Cluster {
  readonly ledger: Ledger;
  readonly #held: DescribeValues;
  readonly #driver: HandDriver;
  /** What has happened since it was last taken. */
  #trace: string[] = [];

  constructor(config: Config, ledger: Ledger) {
    this.ledger = ledger;
    this.#held = values => ledger.describe(values);
    this.#driver = new HandDriver(setupRun(config, ledger.model), {
      input: (node, input) => this.#tellInput(node, input),
      effect: (_node, effect, leaves) => this.#tellEffect(effect, leaves),
      lost: flight => this.#trace.push(`lost: ${describeFlight(flight)}`)
    });
    this.takeTrace();
  }

  /** Takes what has been told so far. */
  takeTrace(): string[] {
    const trace = this.#trace;
    this.#trace = [];
    return trace;
  }

  /** Who computes what. */
  get busy(): readonly string[] {
    return this.#driver.computations.map(
      ({ node, job }) => `${node} computes ${describeJob(job, this.#held)}`
    );
  }

  get inFlight(): readonly string[] {
    return this.#driver.flights.map(describeFlight);
  }

  /** Delivers what is in flight, and what that sends, in the order of sending, until all is quiet. */
  deliverAll(): void {
    for (let [flight] = this.#driver.flights; flight; [flight] = this.#driver.flights) {
      this.#driver.deliver(flight);
    }
  }

  /** Delivers the next message of a session; of some kind where evaluation's may overtake others. */
  deliver(from: NodeId, to: NodeId, kind: string | null): void {
    const session = this.#driver.flights.filter(flight => flight.from === from && flight.to === to);
    const flight =
      kind === null ? session[0] : session.find(({ message }) => message.kind === kind);
    if (flight === undefined) throw new Error(`nothing of it is in flight from ${from} to ${to}`);
    if (flight !== session[0] && trafficClass[flight.message.kind] !== 'evaluation') {
      throw new Error(`a session delivers in order: next is ${describe(session[0]!.message)}`);
    }
    this.#driver.deliver(flight);
  }

  /** Delivers everything that `from` has in flight now. */
  deliverFrom(from: NodeId): void {
    for (const flight of this.#driver.flights) {
      if (flight.from === from) this.#driver.deliver(flight);
    }
  }

  /** Ends what a node computes, with the ledger's result or the one given. */
  compute(id: NodeId, given: Result | null): void {
    const computation = this.#driver.computations.find(({ node }) => node === id);
    if (computation === undefined) throw new Error(`${id} computes nothing`);
    this.#driver.complete(computation, given ?? this.ledger.result(computation.job));
  }

  wait(nanos: number): void {
    this.#driver.wait(nanos);
  }

  cut(a: NodeId, b: NodeId): void {
    this.#driver.cut(a, b);
  }

  reconnect(a: NodeId, b: NodeId): void {
    this.#driver.reconnect(a, b);
  }

  kill(id: NodeId): void {
    this.#driver.kill(id);
  }

  restart(id: NodeId): void {
    this.#driver.restart(id);
  }

  send(from: NodeId, to: NodeId, message: Message): void {
    this.#driver.send(from, to, message);
  }

  snapshotOf(id: NodeId): Snapshot {
    return this.#driver.snapshotOf(id);
  }

  incarnationOf(id: NodeId): number {
    return this.#driver.incarnationOf(id);
  }

  #tellInput(node: NodeId, input: Input): void {
    switch (input.kind) {
      case 'message':
        this.#trace.push(`${input.from}→${node} ${describe(input.message)}`);
        break;
      case 'computed':
        this.#trace.push(`${node} has computed #${input.id}`);
        break;
      case 'timer':
        this.#trace.push(`${node} timer ${input.name}`);
        break;
      default:
        // Starts and sessions are what the script's own line says.
        break;
    }
  }

  #tellEffect(effect: Effect, leaves: boolean): void {
    const line = describeEffect(effect, this.#held);
    if (line !== null)
      this.#trace.push(leaves ? `  ${line}` : `  lost, for want of a session: ${line}`);
  }
}

function describeFlight({ from, to, message }: Flight): string {
  return `${from}→${to} ${describe(message)}`;
}

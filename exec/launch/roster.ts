/** Who is to take part in a run, and who is there. */
import type { NodeId } from '../../core/node.ts';
import { HandshakeError } from '../transport/handshake-error.ts';
import type { Introduction } from '../transport/handshake-frame.ts';
import { describeSeat, emptySeat, type Seat } from './seat.ts';

export class Roster {
  readonly seats: readonly Seat[];
  readonly #host: string;
  readonly #byId = new Map<NodeId, Seat>();

  /** `host` names this host, as nodes name theirs. */
  constructor(ids: readonly NodeId[], host: string) {
    this.#host = host;
    this.seats = ids.map(emptySeat);
    for (const seat of this.seats) this.#byId.set(seat.id, seat);
  }

  /** The seat of a node that was admitted. */
  seat(id: NodeId): Seat {
    const seat = this.#byId.get(id);
    if (seat === undefined) throw new Error(`there is no ${id} in this run`);
    return seat;
  }

  /** What speaks against a node that wants to join; null for nothing. */
  admit({ name }: Introduction): HandshakeError | null {
    const seat = name === 'supervisor' ? undefined : this.#byId.get(name);
    if (seat === undefined) {
      return new HandshakeError('unknown-node', `there is no ${name} in this run: ${this.#all()}`);
    }
    if (seat.link === null) return null;
    const who = describeSeat(seat, this.#host);
    return new HandshakeError('taken-node', `${who} has joined already: each node runs once`);
  }

  every(holds: (seat: Seat) => boolean): boolean {
    return this.seats.every(holds);
  }

  /** Whether all nodes share one host, where one process can enforce what another models. */
  get together(): boolean {
    const [first] = this.seats;
    return this.every(({ here }) => here?.host === first?.here?.host);
  }

  /** The hosts that nodes are on, by name. */
  get hostNames(): string[] {
    return [...new Set(this.seats.map(({ here }) => here?.hostName ?? 'unknown'))];
  }

  /** Where each node that listens is found by one on the host of `seat`, best address first. */
  addressesFor(seat: Seat): [NodeId, readonly string[]][] {
    return this.seats
      .filter(({ addresses }) => (addresses?.length ?? 0) > 0)
      .map(({ id, addresses, here }) => {
        const sameHost = here?.host === seat.here?.host;
        const usable = addresses!.filter(address => sameHost || !address.startsWith('unix:'));
        return [id, usable];
      });
  }

  #all(): string {
    const count = (letter: string): number =>
      this.seats.filter(({ id }) => id.startsWith(letter)).length;
    const range = (letter: string): string =>
      count(letter) === 1 ? `${letter}0` : `${letter}0 to ${letter}${count(letter) - 1}`;
    return `c, ${range('s')}, ${range('w')}`;
  }
}

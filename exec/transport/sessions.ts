/**
 * All sessions of a node: it listens, dials the peers that it is to dial, and dials them again when
 * a session breaks. Each pair of nodes has one session at a time.
 */
import type { FrameOptions } from '../../core/codec/frame.ts';
import type { Message } from '../../core/message.ts';
import type { NodeId } from '../../core/node.ts';
import { type Clock, hostNanos } from '../clock.ts';
import { type Address, formatAddress, isLoopback } from './address.ts';
import { checksum } from './checksum.ts';
import type { Connection } from './connection.ts';
import { dial } from './dial.ts';
import type { Peer } from './handshake.ts';
import { HandshakeError, type HandshakeFault } from './handshake-error.ts';
import type { Introduction } from './handshake-frame.ts';
import { Listener } from './listener.ts';
import { type QueueMarks, Session, type SessionOwner, type SessionPeer } from './session.ts';
import type { Shaper } from './shaper.ts';
import type { Traffic } from './traffic.ts';

/** Who is told what happens to the sessions of a node. */
export interface SessionsOwner {
  up(peer: SessionPeer): void;
  down(peer: SessionPeer, error: Error | null): void;
  message(peer: SessionPeer, sequence: number, message: Message): void;
  drained(peer: SessionPeer, credit: number): void;
  /** A peer that could not be reached, or did not come back, in the time that is given for it. */
  lost(peer: NodeId, reason: string): void;
  /** A stranger, or a peer of another run, was turned away. */
  refused(error: HandshakeError, remote: string): void;
}

export interface SessionsOptions {
  readonly id: NodeId;
  readonly incarnation: number;
  /** Random, 16 hexadecimal digits: names the process. */
  readonly life: string;
  /** Hash of the run's configuration. */
  readonly configuration: string;
  readonly token: string;
  /** The nodes that this one has sessions with, and whether it is the one that dials. */
  readonly peers: ReadonlyMap<NodeId, 'dials' | 'accepts'>;
  readonly clock: Clock;
  readonly traffic: Traffic;
  readonly maxFrameBytes: number;
  readonly marks?: QueueMarks;
  /** How long a peer may be away. */
  readonly awayMillisMax?: number;
  /** Memory for frames: see `FrameReader`. */
  readonly allocate?: (length: number) => Uint8Array;
}

const marksDefault: QueueMarks = { highBytes: 16_777_216, lowBytes: 4_194_304 };
const awayMillisDefault = 10_000;
/** Between two attempts: doubled each time. */
const retryMillisMin = 10;
const retryMillisMax = 1000;

/** What may be different the next time. */
const passing: readonly HandshakeFault[] = ['busy', 'closed', 'deadline'];

/** What is known of a peer. */
interface Peering {
  readonly id: NodeId;
  readonly dials: boolean;
  /** Where it listens; tried in turn. */
  addresses: readonly Address[];
  session: Session | null;
  /** The least number that its next session may have here. */
  nextNumber: number;
  /** The process that was last heard of. */
  life: string | null;
  incarnation: number;
  /** Until when it is waited for, on the host's clock in nanoseconds. */
  awayUntil: bigint;
  timer: NodeJS.Timeout | null;
  giveUp: (() => void) | null;
  /** Counts dials and waits: what comes of an earlier one is nobody's concern. */
  attempts: number;
  /** Faults that act on it: what comes is held, or late; it is cut, and must not be dialed. */
  gate: { readonly held: boolean; readonly extraNanos: number } | null;
  isCut: boolean;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #owner: SessionsOwner;
  readonly #peers = new Map<NodeId, Peering>();
  readonly #listeners: Listener[] = [];
  #shaper: Shaper | null = null;
  #open = false;
  #closing = false;

  constructor(options: SessionsOptions, owner: SessionsOwner) {
    this.#options = options;
    this.#owner = owner;
    for (const [id, role] of options.peers) {
      this.#peers.set(id, {
        id,
        dials: role === 'dials',
        addresses: [],
        session: null,
        nextNumber: 0,
        life: null,
        incarnation: 0,
        awayUntil: 0n,
        timer: null,
        giveUp: null,
        attempts: 0,
        gate: null,
        isCut: false
      });
    }
  }

  /** Listens at an address. Returns it with the port that was free. */
  async listen(address: Address): Promise<Address> {
    const { token, maxFrameBytes, allocate } = this.#options;
    const listener = await Listener.open(address, {
      self: this.#introduction(0),
      token,
      now: hostNanos,
      maxFrameBytes,
      ...(allocate === undefined ? {} : { allocate }),
      admit: claimed => this.#admit(claimed),
      sessionFor: name => (name === 'supervisor' ? 0 : (this.#peers.get(name)?.nextNumber ?? 0)),
      opened: (connection, peer) => this.#opened(connection, peer),
      refused: (error, remote) => this.#owner.refused(error, remote)
    });
    this.#listeners.push(listener);
    return listener.address;
  }

  /**
   * Dials the peers that this node is to dial, each at the first of its addresses that answers, and
   * expects the others; before this they are told to come back. `shaper` enforces the environment's
   * network (null: nothing is).
   */
  connect(addresses: ReadonlyMap<NodeId, readonly Address[]>, shaper: Shaper | null): void {
    this.#open = true;
    this.#shaper = shaper;
    for (const peering of this.#peers.values()) {
      peering.addresses = addresses.get(peering.id) ?? [];
      this.#miss(peering);
    }
  }

  /** Hands a message to the session with `to`. Returns false where there is none: it is lost. */
  send(to: NodeId, message: Message, priority: number): boolean {
    const session = this.#peers.get(to)?.session ?? null;
    if (session === null) return false;
    session.send(message, priority);
    return true;
  }

  /** Peers without a session. */
  missing(): NodeId[] {
    const peers = [...this.#peers.values()];
    return peers.filter(peer => peer.session === null).map(peer => peer.id);
  }

  /** Ends the session with a peer as a broken cable would: it is dialed again. */
  cut(id: NodeId): void {
    this.#peers.get(id)?.session?.destroy();
  }

  /** Ends the session with a peer, and dials it no more until `mend`. */
  cutOff(id: NodeId): void {
    const peering = this.#peers.get(id);
    if (peering === undefined) return;
    peering.isCut = true;
    if (peering.dials) this.#stopWaiting(peering);
    peering.session?.destroy();
  }

  mend(id: NodeId): void {
    const peering = this.#peers.get(id);
    if (peering === undefined) return;
    peering.isCut = false;
    if (peering.dials && peering.session === null && !this.#closing) this.#miss(peering);
  }

  /** Holds what comes from a peer, or hands it on so much later, in this session and the next ones. */
  gate(id: NodeId, held: boolean, extraNanos: number): void {
    const peering = this.#peers.get(id);
    if (peering === undefined) return;
    peering.gate = { held, extraNanos };
    peering.session?.gate(held, extraNanos);
  }

  /** Ends all sessions in order, when what is queued has left. */
  close(): void {
    this.#closing = true;
    for (const listener of this.#listeners) listener.close();
    for (const peering of this.#peers.values()) {
      this.#stopWaiting(peering);
      peering.session?.end();
    }
  }

  #introduction(session: number): Introduction {
    const { id, incarnation, life, configuration } = this.#options;
    return { name: id, incarnation, life, configuration, session };
  }

  #admit(claimed: Introduction): HandshakeError | null {
    const { id } = this.#options;
    if (!this.#open) return new HandshakeError('busy', `${id} does not know its peers yet`);
    const peering = claimed.name === 'supervisor' ? undefined : this.#peers.get(claimed.name);
    if (peering === undefined) {
      return new HandshakeError('unknown-node', `${id} has no peer ${claimed.name} in this run`);
    }
    const other = peering.life !== null && peering.life !== claimed.life;
    if (other && claimed.incarnation <= peering.incarnation) {
      const what = `${id} has met another process that is ${claimed.name}`;
      return new HandshakeError('taken-node', `${what}: each node runs once`);
    }
    return null;
  }

  #opened(connection: Connection, { name, incarnation, life, session: number }: Peer): Session {
    // Invariant: `admit` let in nobody else, and only peers are dialed.
    const peering = this.#peers.get(name as NodeId)!;
    const { clock, traffic, marks = marksDefault } = this.#options;
    const shaper = this.#shaper;
    const route = shaper?.route(peering.id) ?? null;
    const evaluates = peering.id === 'c' || this.#options.id === 'c';
    const counted = !evaluates && (shaper === null || route !== null);
    const frames: FrameOptions = { payloadChecksum: beyondHost(connection), crc32: checksum };
    const session = new Session(
      connection,
      { id: peering.id, incarnation, life, session: number },
      { clock, frames, traffic, marks, route, counted },
      this.#sessionOwner(peering)
    );
    const before = peering.session;
    if (before !== null) this.#end(peering, before, new Error('a newer session takes its place'));
    before?.destroy();
    this.#stopWaiting(peering);
    if (peering.gate !== null) session.gate(peering.gate.held, peering.gate.extraNanos);
    peering.session = session;
    peering.nextNumber = number + 1;
    peering.life = life;
    peering.incarnation = incarnation;
    this.#owner.up(session.peer);
    return session;
  }

  #sessionOwner(peering: Peering): SessionOwner {
    return {
      message: (peer, sequence, message) => this.#owner.message(peer, sequence, message),
      drained: (peer, credit) => this.#owner.drained(peer, credit),
      down: (session, error) => {
        if (peering.session !== session) return;
        this.#end(peering, session, error);
        if (!this.#closing) this.#miss(peering);
      }
    };
  }

  #end(peering: Peering, session: Session, error: Error | null): void {
    peering.session = null;
    this.#owner.down(session.peer, error);
  }

  // A peer is away: it is dialed, or waited for, until its time is over.
  #miss(peering: Peering): void {
    // One dial at a time: two would give both ends two sessions of one number.
    this.#stopWaiting(peering);
    const { awayMillisMax = awayMillisDefault } = this.#options;
    peering.awayUntil = hostNanos() + BigInt(awayMillisMax) * 1_000_000n;
    if (peering.dials) {
      if (!peering.isCut) this.#dial(peering, 0, retryMillisMin);
    } else {
      const seconds = awayMillisMax / 1000;
      peering.timer = setTimeout(() => {
        this.#owner.lost(peering.id, `${peering.id} has not connected for ${seconds} s`);
      }, awayMillisMax);
    }
  }

  #dial(peering: Peering, attempt: number, retryMillis: number): void {
    const { addresses, id } = peering;
    const address = addresses[attempt % addresses.length];
    if (address === undefined) throw new Error(`there is no address of ${id} to dial`);
    const { token, maxFrameBytes, allocate } = this.#options;
    peering.attempts += 1;
    const mine = peering.attempts;
    peering.giveUp = dial(address, {
      self: this.#introduction(peering.nextNumber),
      token,
      now: hostNanos,
      expected: id,
      maxFrameBytes,
      ...(allocate === undefined ? {} : { allocate }),
      opened: (connection, peer) => {
        peering.giveUp = null;
        return this.#opened(connection, peer);
      },
      refused: error => {
        if (peering.attempts !== mine) return;
        peering.giveUp = null;
        if (this.#closing) return;
        if (passing.includes(error.fault) && hostNanos() < peering.awayUntil) {
          // The next address is tried at once; a round that came to nothing is followed by a pause.
          const again = (attempt + 1) % addresses.length !== 0;
          const next = again ? retryMillis : Math.min(2 * retryMillis, retryMillisMax);
          const dialAgain = (): void => this.#dial(peering, attempt + 1, next);
          peering.timer = setTimeout(dialAgain, again ? 0 : retryMillis);
        } else {
          this.#owner.lost(id, `${id} at ${formatAddress(address)}: ${error.message}`);
        }
      }
    });
  }

  #stopWaiting(peering: Peering): void {
    peering.attempts += 1;
    if (peering.timer !== null) clearTimeout(peering.timer);
    peering.timer = null;
    peering.giveUp?.();
    peering.giveUp = null;
  }
}

/**
 * Which nodes a node of a run has sessions with: workers dial servers, and all dial the
 * coordinator.
 */
export function peersOf(id: NodeId, nodes: readonly NodeId[]): Map<NodeId, 'dials' | 'accepts'> {
  const order = (node: NodeId): number => 'csw'.indexOf(node.charAt(0));
  const peers = new Map<NodeId, 'dials' | 'accepts'>();
  for (const peer of nodes) {
    if (order(peer) === order(id)) continue;
    peers.set(peer, order(id) > order(peer) ? 'dials' : 'accepts');
  }
  return peers;
}

/** Whether a connection leaves the host, where bits may flip unnoticed. */
function beyondHost(connection: Connection): boolean {
  const { remote } = connection;
  if (remote === 'unix') return false;
  const host = remote.slice(0, remote.lastIndexOf(':')).replace(/^::ffff:/, '');
  return !isLoopback({ kind: 'tcp', host, port: 0 });
}

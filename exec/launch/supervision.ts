/** One real run under way: its nodes from joining to leaving, and its end by whatever cause. */
import type { Config } from '../../core/config.ts';
import type { NodeId, Outcome } from '../../core/node.ts';
import { nodeIds, rankOf } from '../../core/node-id.ts';
import type { Row } from '../../core/record.ts';
import type { Model } from '../../core/setup.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { BackendName } from '../backends/backend.ts';
import { hostNanos } from '../clock.ts';
import { RealRunError } from '../real-run.ts';
import { type Address, formatAddress } from '../transport/address.ts';
import type { Connection, ConnectionOwner } from '../transport/connection.ts';
import type { Peer } from '../transport/handshake.ts';
import { HandshakeError } from '../transport/handshake-error.ts';
import type { Introduction } from '../transport/handshake-frame.ts';
import { Child, describeExit, type Place } from './children.ts';
import { configurationHash } from './configuration-hash.ts';
import { ControlLink, controlFrameBytesMax } from './control-link.ts';
import type { FromNode, TransportChoice } from './control-message.ts';
import { conductorOf, type FaultConductor } from './fault-conductor.ts';
import { hostIdentity } from './host-identity.ts';
import { newLife } from './join.ts';
import { type RealProgress, runningProgress, startingProgress } from './progress.ts';
import { openRendezvous, type Rendezvous } from './rendezvous.ts';
import { Roster } from './roster.ts';
import { describeSeat, emptySeat, type Seat, type SupervisorLink, startingState } from './seat.ts';
import { TimeAxis } from './time-axis.ts';

export interface SupervisionOptions {
  readonly config: Config;
  readonly backend: BackendName | null;
  readonly transport: TransportChoice;
  readonly listen: Address;
  /** Whether the nodes are launched here; else they join by themselves. */
  readonly launches: boolean;
  /** Where a launched node is; null: beside this process. */
  readonly placeOf: (id: NodeId) => Place | null;
  /** How long the nodes may take to start; null: as long as they like. */
  readonly startMillisMax: number | null;
  readonly traces: boolean;
  readonly onProgress: (progress: RealProgress) => void;
  readonly row: (row: Row) => void;
  /** Lines of a node's trace. */
  readonly trace: (of: NodeId | 'faults', text: string) => void;
}

const watchMillis = 1000;
/**
 * Nodes tell of themselves every second; one on another host that is silent for so long is gone.
 */
const silentSecondsMax = 30;
/** What the other nodes may take to end once the coordinator has. */
const endMillisMax = 10_000;
/** What the coordinator may take to end once a node has failed, before that failure counts. */
const failureMillisMax = 1000;
/** How long the exit of a process whose connection broke is waited for, and the reverse. */
const postMortemMillis = 1000;

export class Supervision {
  readonly roster: Roster;
  readonly #options: SupervisionOptions;
  readonly #host = hostIdentity();
  readonly #configuration: string;
  readonly #axis: TimeAxis;
  readonly #faults: FaultConductor | null;
  readonly #called = hostNanos();
  readonly #over: Promise<Outcome>;
  #finish: (outcome: Outcome) => void = () => {};
  #reject: (error: Error) => void = () => {};
  #rendezvous: Rendezvous | null = null;
  #phase: 'joining' | 'connecting' | 'running' | 'leaving' = 'joining';
  #model: Model | null = null;
  #lastRow = 0n;
  #deadline: NodeJS.Timeout | null = null;

  constructor(options: SupervisionOptions) {
    const { config, row } = options;
    this.#options = options;
    this.roster = new Roster(nodeIds(config), this.#host);
    this.#configuration = configurationHash(config);
    this.#axis = new TimeAxis(row);
    const fail = (node: NodeId, reason: string): void => this.fail(node, reason);
    this.#faults = conductorOf(config, this.roster, { ...options, fail });
    this.#over = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#reject = reject;
    });
    this.#over.catch(() => {});
  }

  /** Time zero of the run on this host's clock; null before there is one. */
  get zero(): bigint | null {
    return this.#axis.zero;
  }

  /** Whether a node shares this host's clock, which then needs no estimate. */
  onThisHost({ here }: Seat): boolean {
    return here === null || here.host === this.#host;
  }

  /** Runs. Rejects with `RealRunError`, or with what keeps this process from listening. */
  async run(): Promise<Outcome> {
    const { listen, launches, startMillisMax } = this.#options;
    this.#rendezvous = await openRendezvous(
      { listen, strangers: !launches },
      {
        self: {
          name: 'supervisor',
          incarnation: 0,
          life: newLife(),
          configuration: this.#configuration,
          session: 0
        },
        now: hostNanos,
        maxFrameBytes: controlFrameBytesMax,
        admit: claimed => this.#admit(claimed),
        opened: (connection, peer) => this.#join(connection, peer),
        refused: (error, remote) => {
          if (error.fault === 'closed' || this.#phase === 'leaving') return;
          this.#options.onProgress({ kind: 'refused', text: `${remote}: ${error.message}` });
        }
      }
    );
    const watch = setInterval(() => this.#watch(), watchMillis);
    const killAll = (): void => this.#killAll();
    process.on('exit', killAll);
    try {
      if (startMillisMax !== null) {
        this.#deadline = setTimeout(() => this.#late(startMillisMax), startMillisMax);
      }
      if (launches) await this.#launch(this.#rendezvous);
      else this.#announce(this.#rendezvous);
      return await this.#over;
    } finally {
      clearInterval(watch);
      if (this.#deadline !== null) clearTimeout(this.#deadline);
      await this.#close();
      process.off('exit', killAll);
    }
  }

  /** Ends the run. The first cause counts; `node` is the one to blame. */
  fail(node: NodeId | null, reason: string): void {
    const who = node === null ? '' : `${describeSeat(this.roster.seat(node), this.#host)}: `;
    this.#reject(new RealRunError(node, who + reason));
    this.#abort(who + reason);
  }

  #announce({ address, tokenFile }: Rendezvous): void {
    this.#options.onProgress({ kind: 'listening', address: formatAddress(address), tokenFile });
  }

  async #launch({ local, token }: Rendezvous): Promise<void> {
    await Promise.all(
      this.roster.seats.map(async seat => {
        const place = this.#options.placeOf(seat.id);
        const child = await Child.launch(seat.id, local, token, place);
        seat.child = child;
        void child.exited.then(() => this.#lost(seat, 'its process ended'));
      })
    );
  }

  // Nodes that stay for the next run come back at once, while this one is still ending.
  #admit(claimed: Introduction): HandshakeError | null {
    if (this.#phase !== 'leaving') return this.roster.admit(claimed);
    return new HandshakeError('busy', 'this run has ended, and the next one has not begun');
  }

  #join(connection: Connection, peer: Peer): ConnectionOwner {
    // Invariant: `admit` let in nodes of the run only.
    const seat = this.roster.seat(peer.name as NodeId);
    let unlink = (): void => {};
    const unlinked = new Promise<void>(resolve => {
      unlink = resolve;
    });
    const link: SupervisorLink = new ControlLink(connection, {
      message: message => {
        if (seat.link === link) this.#receive(seat, message);
      },
      model: model => this.#share(model),
      closed: reason => {
        unlink();
        if (seat.link === link) void this.#lost(seat, `lost its connection (${reason})`);
      }
    });
    if (seat.link === null) {
      seat.link = link;
      seat.unlinked = unlinked;
    } else {
      // Two came at once, and both were admitted before either was there.
      link.send({ kind: 'abort', reason: `${seat.id} has joined already: each node runs once` });
    }
    return link;
  }

  #receive(seat: Seat, message: FromNode): void {
    seat.lastSeen = hostNanos();
    switch (message.kind) {
      case 'here':
        this.#seated(seat, message);
        break;
      case 'listening':
        seat.addresses = message.addresses;
        if (this.roster.every(({ addresses }) => addresses !== null)) this.#connect();
        break;
      case 'waiting':
        seat.waitsFor = message.waitsFor;
        break;
      case 'ready':
        seat.ready = true;
        if (this.roster.every(({ ready }) => ready)) this.#go();
        break;
      case 'started':
        this.#axis.started(seat.id, BigInt(message.origin), this.#offsetOf(seat));
        break;
      case 'began':
        this.#axis.began(message.at);
        if (this.#axis.zero !== null) this.#faults?.begin(this.#axis.zero);
        break;
      case 'clock':
        this.#faults?.reached(rankOf(seat.id), message.clock);
        break;
      case 'frozen':
        this.#faults?.frozen(seat.id);
        break;
      case 'rows':
        seat.lastRow = hostNanos();
        this.#lastRow = seat.lastRow;
        for (const row of message.rows) this.#axis.add(seat.id, row);
        break;
      case 'trace':
        this.#options.trace(seat.id, message.text);
        break;
      case 'pulse':
        seat.pulse = message;
        break;
      case 'ended':
        this.#ended(seat, message);
        break;
      case 'failed':
        seat.failure = message.reason;
        this.fail(seat.id, message.reason);
        break;
      default:
        unreachable(message);
    }
  }

  #seated(seat: Seat, here: Extract<FromNode, { kind: 'here' }>): void {
    const { config, backend, transport, traces, onProgress } = this.#options;
    seat.here = here;
    const socketFolder = here.host === this.#host ? (this.#rendezvous?.folder ?? null) : null;
    const configuration = this.#configuration;
    const trace = traces;
    seat.link?.send({
      kind: 'run',
      config,
      configuration,
      backend,
      transport,
      trace,
      socketFolder
    });
    const { pid, hostName } = here;
    onProgress({ kind: 'joined', node: seat.id, pid, hostName });
  }

  #connect(): void {
    this.#phase = 'connecting';
    const enforce = this.roster.together;
    for (const seat of this.roster.seats) {
      seat.link?.send({ kind: 'peers', addresses: this.roster.addressesFor(seat), enforce });
    }
    if (this.#model !== null) this.#share(this.#model);
  }

  // Nodes without a device of their own are told what a worker has made of the problem.
  #share(model: Model): void {
    this.#model = model;
    if (this.#phase === 'joining') return;
    for (const { id, link } of this.roster.seats) if (!id.startsWith('w')) link?.sendModel(model);
  }

  #go(): void {
    this.#phase = 'running';
    this.#lastRow = hostNanos();
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    for (const { link } of this.roster.seats) link?.send({ kind: 'go' });
    const seconds = Number(hostNanos() - this.#called) / 1e9;
    this.#options.onProgress({ kind: 'started', seconds });
  }

  #ended(seat: Seat, { outcome, report }: Extract<FromNode, { kind: 'ended' }>): void {
    seat.ended = outcome;
    seat.report = report;
    const coordinator = this.roster.seat('c');
    if (this.roster.every(({ ended }) => ended !== null)) {
      this.#finish(coordinator.ended ?? outcome);
    } else if (seat === coordinator) {
      this.#deadline = setTimeout(() => this.#finish(outcome), endMillisMax);
    } else if (outcome.kind === 'failed') {
      // Where the coordinator has told it to end, the coordinator's own end follows at once.
      this.#deadline ??= setTimeout(() => this.fail(seat.id, outcome.reason), failureMillisMax);
    }
  }

  /** A node is gone before its time. What is known of its end is gathered first. */
  async #lost(seat: Seat, how: string): Promise<void> {
    if (this.#phase === 'leaving') return;
    if (seat.child === null && this.#phase === 'joining') {
      Object.assign(seat, emptySeat(seat.id));
      return;
    }
    const exit = await before(postMortemMillis, seat.child?.exited);
    await before(postMortemMillis, seat.unlinked);
    this.fail(seat.id, seat.failure ?? (exit === null ? how : describeExit(exit)));
  }

  #late(millis: number): void {
    const late = this.roster.seats.filter(({ ready }) => !ready);
    const states = late.map(seat => `${seat.id} ${startingState(seat)}`).join('; ');
    const [first] = late;
    const reason = `the run did not start within ${millis / 1000} s: ${states}`;
    this.#reject(new RealRunError(late.length === 1 ? (first?.id ?? null) : null, reason));
    this.#abort(reason);
  }

  #watch(): void {
    const { seats } = this.roster;
    const progress =
      this.#phase === 'running'
        ? runningProgress(seats, this.#lastRow)
        : startingProgress(seats, this.#called);
    if (progress !== null && this.#phase !== 'leaving') this.#options.onProgress(progress);
    if (this.#phase === 'running') for (const seat of seats) this.#checkAlive(seat);
  }

  // A host that loses its power ends no connection. Of this host's processes the kernel tells.
  #checkAlive(seat: Seat): void {
    if (this.onThisHost(seat) || seat.ended !== null) return;
    const seconds = Number(hostNanos() - seat.lastSeen) / 1e9;
    if (seconds < silentSecondsMax) return;
    this.fail(seat.id, `gave no sign of life for ${silentSecondsMax} s`);
  }

  #offsetOf(seat: Seat): number {
    return this.onThisHost(seat) ? 0 : (seat.here?.clockOffsetNanos ?? 0);
  }

  #abort(reason: string): void {
    for (const { link } of this.roster.seats) link?.send({ kind: 'abort', reason });
  }

  async #close(): Promise<void> {
    this.#phase = 'leaving';
    this.#faults?.close();
    this.#axis.close();
    for (const { link } of this.roster.seats) link?.send({ kind: 'leave' });
    await Promise.all(
      this.roster.seats.map(async ({ child, link, unlinked }) => {
        if (child !== null) await child.end();
        else if (link !== null) await before(postMortemMillis, unlinked);
        link?.destroy();
      })
    );
    this.#rendezvous?.close();
  }

  #killAll(): void {
    for (const { child } of this.roster.seats) child?.kill('SIGKILL');
  }
}

/** What a promise comes to within so long; null when it takes longer, or where there is none. */
async function before<T>(millis: number, promise: Promise<T> | undefined): Promise<T | null> {
  if (promise === undefined) return null;
  let timer: NodeJS.Timeout | null = null;
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), millis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

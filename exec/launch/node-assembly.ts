/**
 * The parts of a node's process, put together as its run says: sockets, device, driver, counters.
 */
import { createEnvironment } from '../../core/environment/environment.ts';
import { processPace } from '../../core/environment/hosts.ts';
import type { Outcome } from '../../core/node.ts';
import { nodeIds } from '../../core/node-id.ts';
import type { Row } from '../../core/record.ts';
import { createNode, type Model, setupRun } from '../../core/setup.ts';
import type { BackendName } from '../backends/backend.ts';
import { Clock } from '../clock.ts';
import { frameMemory } from '../frame-memory.ts';
import { NodeFaults } from '../node-faults.ts';
import { Pacing } from '../pacing.ts';
import { loadPlugins } from '../plugins.ts';
import { ProcessDriver, type TraceWriter } from '../process.ts';
import { parseAddress } from '../transport/address.ts';
import type { HandshakeError } from '../transport/handshake-error.ts';
import { peersOf, Sessions } from '../transport/sessions.ts';
import { Shaper } from '../transport/shaper.ts';
import { Traffic } from '../transport/traffic.ts';
import { configurationHash } from './configuration-hash.ts';
import type { NodeReport, ToNode } from './control-message.ts';
import type { Membership } from './membership.ts';
import { checkModules } from './module-check.ts';
import { NodeDevice } from './node-device.ts';
import { listenForPeers } from './node-listening.ts';

export type RunMessage = Extract<ToNode, { kind: 'run' }>;
export type PeersMessage = Extract<ToNode, { kind: 'peers' }>;

/** Who is told what happens in the process. */
export interface AssemblyOwner {
  /** Something that was waited for may be there. */
  changed(): void;
  /** The device of a worker has made the model. */
  model(model: Model): void;
  row(row: Row): void;
  /** The first view has come or been sent, at this instant of the node's clock. */
  began(at: number): void;
  /** A worker has ended so many iterations: told where a fault waits for clocks. */
  clock(clock: number): void;
  /** The node stands still, and its process can be stopped. */
  frozen(): void;
  stopped(outcome: Outcome): void;
  /** The node cannot go on. */
  failed(error: Error): void;
  refused(error: HandshakeError, remote: string): void;
}

export interface AssemblyOptions {
  readonly membership: Membership;
  readonly run: RunMessage;
  readonly life: string;
  /** The address by which this host reaches the supervisor; null for a Unix socket. */
  readonly localHost: string | null;
  /** Forces a backend on this node. */
  readonly backend: BackendName | null;
  readonly trace: TraceWriter | null;
}

/** Longest frame of a session: headers are checked, and peers have proved the token. */
const frameBytesMax = 2 ** 31;

export class NodeAssembly {
  readonly #options: AssemblyOptions;
  readonly #owner: AssemblyOwner;
  readonly #clock = new Clock();
  readonly #traffic = new Traffic();
  readonly #device: NodeDevice;
  readonly #driver: ProcessDriver;
  readonly #sessions: Sessions;
  readonly #warnings: string[] = [];
  #shaper: Shaper | null = null;
  #pacing: Pacing | null = null;
  #enforced = false;
  #model: Model | null = null;
  #connecting = false;
  #stopped = false;
  #reconnections = 0;
  #faults: NodeFaults | null = null;
  /** Whether a fault waits for clocks, and the clock that was told last. */
  readonly #watched: boolean;
  #clockTold = 0;

  private constructor(options: AssemblyOptions, owner: AssemblyOwner) {
    const { membership, run, life, backend, trace } = options;
    const { config, configuration } = run;
    const { id, token } = membership;
    this.#options = options;
    this.#owner = owner;
    this.#watched = config.environment.faults.some(({ when }) => when !== undefined);
    const computes = !id.startsWith('s');
    this.#device = new NodeDevice(computes ? { config, backend: backend ?? run.backend } : null);
    const timingOnly = config.problem.kind === 'timing';
    // The coordinator keeps what it evaluates, and a timing-only run computes from no values.
    const shares = id.startsWith('w') && !timingOnly;
    this.#driver = new ProcessDriver({
      incarnation: 0,
      device: this.#device,
      timingOnly,
      trace,
      faulty: config.environment.faults.length > 0,
      send: (to, message, priority) => {
        if (message.kind === 'push') this.#pushed(message.clock);
        return this.#sessions.send(to, message, priority);
      },
      row: row => owner.row(row),
      began: at => {
        this.#traffic.begin(this.#clock.now());
        owner.began(at);
      },
      stopped: outcome => {
        this.#stopped = true;
        owner.stopped(outcome);
      }
    });
    this.#sessions = new Sessions(
      {
        id,
        incarnation: 0,
        life,
        configuration,
        token,
        peers: peersOf(id, nodeIds(config)),
        clock: this.#clock,
        traffic: this.#traffic,
        maxFrameBytes: frameBytesMax,
        allocate: shares ? this.#device.slots.frame : frameMemory
      },
      {
        up: peer => {
          if (peer.session > 0) this.#reconnections += 1;
          this.#driver.up(peer);
          owner.changed();
        },
        down: (peer, error) => {
          if (this.#stopped) return;
          const why = error?.message ?? 'closed by the other end';
          this.#warnings.push(`the session with ${peer.id} broke: ${why}`);
          this.#driver.down(peer);
        },
        message: (peer, sequence, message) => this.#driver.message(peer, sequence, message),
        drained: (peer, credit) => this.#driver.drained(peer, credit),
        lost: (_peer, reason) => {
          if (!this.#stopped) owner.failed(new Error(`lost ${reason}`));
        },
        refused: (error, remote) => owner.refused(error, remote)
      }
    );
  }

  /**
   * Checks that the run is one that this process can take part in, and begins to load its device.
   */
  static async create(options: AssemblyOptions, owner: AssemblyOwner): Promise<NodeAssembly> {
    const { config, configuration } = options.run;
    if (configurationHash(config) !== configuration) {
      throw new Error('the configuration is not the one that its hash names');
    }
    await checkModules(config);
    await loadPlugins(config.plugins);
    const assembly = new NodeAssembly(options, owner);
    if (options.membership.id.startsWith('w')) assembly.#load();
    return assembly;
  }

  /** A fault, by its place among the strands of the configuration, begins or ends. */
  fault(strand: number, phase: 'begins' | 'ends'): void {
    this.#faults ??= this.#withFaults();
    this.#faults.turn(strand, phase);
  }

  #withFaults(): NodeFaults {
    const { run, membership } = this.#options;
    return new NodeFaults(run.config, membership.id, {
      peers: [...peersOf(membership.id, nodeIds(run.config)).keys()],
      gate: (peer, held, extraNanos) => this.#sessions.gate(peer, held, extraNanos),
      cut: peer => this.#sessions.cutOff(peer),
      mend: peer => this.#sessions.mend(peer),
      slowDown: factor => this.#driver.slowDown(factor),
      scaleLink: (direction, factor) => this.#shaper?.scale(direction, factor),
      freeze: () => {
        this.#driver.freeze();
        this.#owner.frozen();
      },
      thaw: () => this.#driver.thaw()
    });
  }

  #pushed(clock: number): void {
    if (!this.#watched || clock < this.#clockTold) return;
    this.#clockTold = clock + 1;
    this.#owner.clock(clock + 1);
  }

  /** Listens for the peers that dial this node. Returns where, best address first. */
  listen(): Promise<string[]> {
    const { membership, run, localHost } = this.#options;
    return listenForPeers(this.#sessions, { membership, run, localHost });
  }

  /** The model that a worker's device has made. */
  take(model: Model): void {
    this.#model = model;
    this.#owner.changed();
  }

  /** Opens the sessions. */
  connect({ addresses, enforce }: PeersMessage): void {
    const { membership, run } = this.#options;
    const { id } = membership;
    const { environment, seed, workers, servers } = run.config;
    this.#connecting = true;
    this.#enforced = enforce;
    if (enforce) {
      this.#shaper = Shaper.create(environment.network, id, nodeIds(run.config), this.#clock);
      if (id.startsWith('w')) {
        const pace = processPace(environment, seed, nodeIds(run.config), id);
        this.#pacing = new Pacing(createEnvironment(environment, seed, workers, servers), pace);
      }
    }
    const parsed = addresses.map(([node, texts]) => [node, texts.map(parseAddress)] as const);
    this.#sessions.connect(new Map(parsed), this.#shaper);
  }

  /** What the node is waiting for before it can start, in words; null when everything is there. */
  waitsFor(): string | null {
    if (!this.#connecting) return 'the other nodes to join';
    const missing = this.#sessions.missing();
    if (missing.length > 0) return `a session with ${missing.join(', ')}`;
    if (this.#model !== null) return null;
    const { id } = this.#options.membership;
    return id.startsWith('w') ? 'its backend to load' : 'the model that w0 makes';
  }

  /** The node's life begins. Returns the instant on the host's clock. */
  start(): bigint {
    const { config } = this.#options.run;
    const { id } = this.#options.membership;
    if (this.#model === null) throw new Error(`${id} starts before it has a model`);
    // The coordinator evaluates soon, or only at the end: then loading would be in everybody's way.
    if (id === 'c' && config.evaluation !== null) this.#device.load().catch(() => {});
    return this.#driver.start(createNode(setupRun(config, this.#model), id), this.#pacing);
  }

  get device() {
    return this.#device.loaded?.backend ?? null;
  }

  pulse() {
    const computingNanos = this.#driver.computingNanos();
    return { computingNanos, missing: this.#sessions.missing() };
  }

  /** What the driver itself records at the end. */
  lastRows(): Row[] {
    const { id } = this.#options.membership;
    const { workNanos } = this.#driver.report();
    const rows: Row[] = [this.#traffic.row(id, workNanos)];
    if (id === 'c') return rows;
    const { upBytesPerSecond = null, downBytesPerSecond = null } = this.#shaper ?? {};
    return [...rows, ...this.#traffic.links(id, upBytesPerSecond, downBytesPerSecond)];
  }

  report(): NodeReport {
    return {
      ...this.#driver.report(),
      pacing: this.#pacing?.report() ?? null,
      enforced: this.#enforced,
      device: this.device,
      reconnections: this.#reconnections,
      warnings: this.#warnings
    };
  }

  /** Ends everything; what was sent before still leaves. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#driver.close();
    this.#sessions.close();
    await this.#device.end();
  }

  #load(): void {
    this.#device.load().then(
      ({ model }) => {
        this.#owner.model(model);
        this.take(model);
      },
      (error: unknown) => {
        this.#owner.failed(error instanceof Error ? error : new Error(String(error)));
      }
    );
  }
}

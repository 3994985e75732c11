/** What faults do in a node's own process: to its sessions, its cable, its pace. */
import type { Config } from '../core/config.ts';
import { type Strand, strandsOf } from '../core/environment/faults/schedule.ts';
import { type Verdict, verdictOf } from '../core/environment/faults/verdict.ts';
import type { NodeId } from '../core/node.ts';
import { nodeIds } from '../core/node-id.ts';

/** The parts of the process that faults act on. */
export interface NodeFaultsOwner {
  /** Peers that the node has sessions with. */
  readonly peers: readonly NodeId[];
  /** What comes from a peer is held, or arrives later by so much. */
  gate(peer: NodeId, held: boolean, extraNanos: number): void;
  /** Ends the session with a peer, and keeps the next one from beginning; then lets it. */
  cut(peer: NodeId): void;
  mend(peer: NodeId): void;
  /** How many times as long gradients take; how much of its bandwidth the cable has. */
  slowDown(factor: number): void;
  scaleLink(direction: 'up' | 'down', factor: number): void;
  /** Puts down what the node is at; picks it up again. */
  freeze(): void;
  thaw(): void;
}

export class NodeFaults {
  readonly #id: NodeId;
  readonly #owner: NodeFaultsOwner;
  readonly #strands: readonly Strand[];
  readonly #present = new Set<Strand>();
  readonly #verdicts = new Map<Strand, Verdict<NodeId>>();

  constructor(config: Config, id: NodeId, owner: NodeFaultsOwner) {
    this.#id = id;
    this.#owner = owner;
    this.#strands = strandsOf(config.environment.faults, nodeIds(config));
  }

  /** A fault, by its place in the list, begins or ends. */
  turn(place: number, phase: 'begins' | 'ends'): void {
    const strand = this.#strands[place];
    if (strand === undefined) throw new Error(`this run has no fault ${place}`);
    if (phase === 'begins') this.#present.add(strand);
    else this.#present.delete(strand);
    const { fault, subject } = strand;
    const owner = this.#owner;
    const isMine = subject.kind === 'node' && subject.node === this.#id;
    switch (fault.kind) {
      case 'pause':
        if (isMine) this.#pause();
        return;
      case 'slow-node':
        if (isMine)
          owner.slowDown(this.#product(kind => (kind.kind === 'slow-node' ? kind.factor : 1)));
        return;
      case 'slow-link':
        if (isMine) this.#slowLink();
        return;
      case 'delay':
      case 'hold':
      case 'partition':
        this.#gate(strand, phase);
        return;
      case 'cut': {
        if (subject.kind !== 'session' || !subject.ends.includes(this.#id)) return;
        const [one, other] = subject.ends;
        const peer = one === this.#id ? other : one;
        if (phase === 'begins') owner.cut(peer);
        else if (!this.#isCut(peer)) owner.mend(peer);
        return;
      }
      case 'crash':
        return;
    }
  }

  #pause(): void {
    const paused = this.#mine().some(({ fault }) => fault.kind === 'pause');
    if (paused) this.#owner.freeze();
    else this.#owner.thaw();
  }

  #slowLink(): void {
    for (const direction of ['up', 'down'] as const) {
      const factor = this.#product(fault => {
        if (fault.kind !== 'slow-link') return 1;
        return fault.direction === 'both' || fault.direction === direction ? fault.factor : 1;
      });
      this.#owner.scaleLink(direction, factor);
    }
  }

  #gate(strand: Strand, phase: 'begins' | 'ends'): void {
    const verdict = verdictOf(strand, id => id);
    if (phase === 'ends') this.#verdicts.delete(strand);
    else if (verdict !== null) this.#verdicts.set(strand, verdict);
    const verdicts = [...this.#verdicts.values()];
    for (const peer of this.#owner.peers) {
      const held = verdicts.some(one => one.holds(peer, this.#id));
      let extra = 0;
      for (const one of verdicts) if (one.concerns(peer, this.#id)) extra += one.extraNanos;
      this.#owner.gate(peer, held, extra);
    }
  }

  #isCut(peer: NodeId): boolean {
    return [...this.#present].some(({ fault, subject }) => {
      if (fault.kind !== 'cut' || subject.kind !== 'session') return false;
      return subject.ends.includes(peer) && subject.ends.includes(this.#id);
    });
  }

  #product(factorOf: (fault: Strand['fault']) => number): number {
    return this.#mine().reduce((product, { fault }) => product * factorOf(fault), 1);
  }

  #mine(): Strand[] {
    return [...this.#present].filter(
      ({ subject }) => subject.kind === 'node' && subject.node === this.#id
    );
  }
}

/** What the supervisor knows of one node of a run. */
import type { NodeId, Outcome } from '../../core/node.ts';
import type { Child } from './children.ts';
import type { ControlLink } from './control-link.ts';
import type { FromNode, NodeReport, ToNode } from './control-message.ts';

/** The supervisor's end of its connection to a node. */
export type SupervisorLink = ControlLink<FromNode, ToNode>;

export interface Seat {
  readonly id: NodeId;
  /** The process, where it was launched here. */
  child: Child | null;
  link: SupervisorLink | null;
  /** Settles when the link is closed. */
  unlinked: Promise<void>;
  here: Extract<FromNode, { kind: 'here' }> | null;
  /** Where it listens for its peers; null until it has said so. */
  addresses: readonly string[] | null;
  ready: boolean;
  /** What it is waiting for before it is ready, in its own words. */
  waitsFor: string;
  /** Why it cannot go on, in its own words. */
  failure: string | null;
  /** When it was last heard of by a row, on this host's clock. */
  lastRow: bigint;
  pulse: Extract<FromNode, { kind: 'pulse' }> | null;
  /** When anything came of it, on this host's clock. */
  lastSeen: bigint;
  ended: Outcome | null;
  report: NodeReport | null;
}

export function emptySeat(id: NodeId): Seat {
  return {
    id,
    child: null,
    link: null,
    unlinked: Promise.resolve(),
    here: null,
    addresses: null,
    ready: false,
    waitsFor: '',
    failure: null,
    lastRow: 0n,
    pulse: null,
    lastSeen: 0n,
    ended: null,
    report: null
  };
}

/** `w1 (pid 4711)`, `w1 (pid 4711 on gpu-3)`: the node and where it runs. */
export function describeSeat({ id, here }: Seat, ownHost: string): string {
  if (here === null) return id;
  return here.host === ownHost ? id : `${id} (pid ${here.pid} on ${here.hostName})`;
}

/** Why a node has not started yet, as far as is known. */
export function startingState({ link, child, here, waitsFor, ready }: Seat): string {
  if (ready) return 'is ready';
  if (link === null || here === null) {
    const said = child?.stderr.trim().split('\n').pop() ?? '';
    return said === '' ? 'has not joined' : `has not joined; it says: ${said}`;
  }
  return waitsFor === '' ? 'is preparing' : `waits for ${waitsFor}`;
}

/** What a real run tells while it goes on, and what it is waiting for whenever nothing happens. */
import type { NodeId } from '../../core/node.ts';
import type { Row } from '../../core/record.ts';
import { hostNanos } from '../clock.ts';
import { type Seat, startingState } from './seat.ts';

export type RealProgress =
  /** Nodes may join here. `tokenFile` holds the token, where nobody gave one. */
  | { readonly kind: 'listening'; readonly address: string; readonly tokenFile: string | null }
  | {
      readonly kind: 'joined';
      readonly node: NodeId;
      readonly pid: number;
      readonly hostName: string;
    }
  /**
   * Nothing has happened for `seconds` because of these nodes: `w2 waits for its backend to load`.
   */
  | {
      readonly kind: 'waiting';
      readonly nodes: readonly NodeId[];
      readonly seconds: number;
      readonly text: string;
    }
  /** A stranger, or a node of another run, was turned away. */
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'started'; readonly seconds: number }
  | { readonly kind: 'row'; readonly row: Row };

const nanosPerSecond = 1e9;
/** A node that has been silent for less is only working. */
const silentSecondsMin = 2;
/** More names than this are counted. */
const namesMax = 4;

/** Before the start: nodes that are not ready. Null when all are, or soon may be. */
export function startingProgress(seats: readonly Seat[], since: bigint): RealProgress | null {
  const late = seats.filter(seat => !seat.ready);
  if (late.length === 0) return null;
  const states = late.map(seat => `${seat.id} ${startingState(seat)}`);
  const seconds = secondsSince(since);
  if (seconds < silentSecondsMin) return null;
  return waiting(late, seconds, listed(states, '; '));
}

/** During the run: whom a silence is due to, as far as can be seen. Null when there is none. */
export function runningProgress(seats: readonly Seat[], lastRow: bigint): RealProgress | null {
  const seconds = secondsSince(lastRow);
  if (seconds < silentSecondsMin) return null;
  const silent = seats.filter(seat => secondsSince(seat.lastSeen) > silentSecondsMin + 1);
  if (silent.length > 0) {
    return waiting(silent, seconds, `no sign of life from ${namesOf(silent)}`);
  }
  const apart = seats.filter(({ pulse }) => (pulse?.missing.length ?? 0) > 0);
  if (apart.length > 0) {
    const words = apart.map(
      ({ id, pulse }) => `${id} has no session with ${pulse!.missing.join(', ')}`
    );
    return waiting(apart, seconds, listed(words, '; '));
  }
  const busy = seats.filter(({ pulse }) => (pulse?.computingNanos ?? 0) > silentSecondsMin * 1e9);
  if (busy.length > 0) {
    const words = busy.map(({ id, pulse }) => {
      return `${id} computes for ${Math.round(pulse!.computingNanos! / nanosPerSecond)} s`;
    });
    return waiting(busy, seconds, listed(words, '; '));
  }
  const running = seats.filter(({ ended }) => ended === null);
  return waiting(running, seconds, `no row from ${namesOf(running)}`);
}

function namesOf(seats: readonly Seat[]): string {
  return listed(
    seats.map(({ id }) => id),
    ', '
  );
}

function waiting(seats: readonly Seat[], seconds: number, text: string): RealProgress {
  return { kind: 'waiting', nodes: seats.map(({ id }) => id), seconds, text };
}

function listed(words: readonly string[], separator: string): string {
  const more = words.length - namesMax;
  const named = words.slice(0, namesMax).join(separator);
  return more > 0 ? `${named} and ${more} more` : named;
}

function secondsSince(instant: bigint): number {
  return Number(hostNanos() - instant) / nanosPerSecond;
}

/** What is being put on each server while a model is sharded. */
import type { PlacedTensor } from '../tensors.ts';

/** A run of whole units of one tensor. */
export interface UnitPiece {
  readonly begin: number;
  readonly end: number;
  readonly unit: number;
}

/** A server and what it holds so far. */
export interface Load {
  readonly server: number;
  readonly pieces: UnitPiece[];
  /** Number of keys. */
  length: number;
}

/** Servers that hold nothing yet. */
export function noLoads(servers: number): Load[] {
  return Array.from({ length: servers }, (_, server) => ({ server, pieces: [], length: 0 }));
}

/** Units `[unitBegin, unitEnd)` of a tensor. */
export function piece(tensor: PlacedTensor, unitBegin: number, unitEnd: number): UnitPiece {
  const { begin, unit } = tensor;
  return { begin: begin + unitBegin * unit, end: begin + unitEnd * unit, unit };
}

/** Puts a piece on a server. */
export function put(load: Load, added: UnitPiece): void {
  load.pieces.push(added);
  load.length += added.end - added.begin;
}

/** The least loaded server; of equals the one of lowest rank. */
export function leastLoaded(loads: readonly Load[]): Load {
  return loads.reduce((best, load) => (load.length < best.length ? load : best));
}

/**
 * Gives every idle server something: wide rows can fill some servers and leave others with nothing.
 * Takes a piece, or half of the only one, from the most loaded server that can spare it.
 * Invariant: there are at least as many units as servers, so one can.
 */
export function occupyAll(loads: readonly Load[]): void {
  for (const idle of loads) {
    if (idle.length > 0) continue;
    const donor = loads
      .filter(load => unitsOf(load) > 1)
      .reduce((best, load) => (load.length > best.length ? load : best));
    const last = donor.pieces.pop()!;
    donor.length -= last.end - last.begin;
    if (donor.pieces.length > 0) {
      put(idle, last);
      continue;
    }
    const units = (last.end - last.begin) / last.unit;
    const middle = last.begin + Math.ceil(units / 2) * last.unit;
    put(donor, { ...last, end: middle });
    put(idle, { ...last, begin: middle });
  }
}

function unitsOf(load: Load): number {
  return load.pieces.reduce((sum, { begin, end, unit }) => sum + (end - begin) / unit, 0);
}

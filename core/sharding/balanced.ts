/** Even shares, with as few tensors cut as the quotas force. */
import type { KeyRange, Layout } from '../tensors.ts';
import { type Load, noLoads, occupyAll, piece, put } from './load.ts';

/**
 * Tensors, largest first, go to the server with the most room left under its quota of keys; what
 * does not fit is cut off and goes on to the next. Without rows every server gets exactly its
 * quota; a row may overfill one by less than itself.
 */
export function balanced(layout: Layout, servers: number): readonly (readonly KeyRange[])[] {
  const loads = noLoads(servers);
  // The first quotas take the remainder: they differ by one key at most.
  const room = (load: Load): number =>
    Math.ceil((layout.size - load.server) / servers) - load.length;
  const tensors = [...layout.tensors].sort((a, b) => b.end - b.begin - (a.end - a.begin));
  for (const tensor of tensors) {
    const units = (tensor.end - tensor.begin) / tensor.unit;
    let placed = 0;
    while (placed < units) {
      const load = roomiest(loads, room);
      // At least one unit goes, so that rows wider than any room left still find a place.
      const fit = Math.max(1, Math.floor(room(load) / tensor.unit));
      const end = Math.min(units, placed + fit);
      put(load, piece(tensor, placed, end));
      placed = end;
    }
  }
  occupyAll(loads);
  return loads.map(load => load.pieces);
}

function roomiest(loads: readonly Load[], room: (load: Load) => number): Load {
  return loads.reduce((best, load) => (room(load) > room(best) ? load : best));
}

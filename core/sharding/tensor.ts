/** Whole tensors to servers, largest first to the least loaded. */
import type { KeyRange, Layout, PlacedTensor } from '../tensors.ts';
import { type Load, leastLoaded, noLoads, occupyAll, piece, put } from './load.ts';

/**
 * Greedy list scheduling (Graham 1969): the loads of two servers differ by the largest piece at
 * most. A tensor larger than a fair share is first split into equal pieces no larger than one, as
 * far as its rows allow.
 */
export function wholeTensors(layout: Layout, servers: number): readonly (readonly KeyRange[])[] {
  const share = layout.size / servers;
  const pieces = layout.tensors
    .flatMap(tensor => split(tensor, share))
    // Ties in size keep the order of the model: sort is stable.
    .sort((a, b) => b.end - b.begin - (a.end - a.begin));
  const loads: Load[] = noLoads(servers);
  for (const next of pieces) put(leastLoaded(loads), next);
  occupyAll(loads);
  return loads.map(load => load.pieces);
}

function split(tensor: PlacedTensor, share: number): ReturnType<typeof piece>[] {
  const units = (tensor.end - tensor.begin) / tensor.unit;
  const count = Math.min(units, Math.ceil((tensor.end - tensor.begin) / share));
  return Array.from({ length: count }, (_, index) => {
    const begin = Math.floor((units * index) / count);
    const end = Math.floor((units * (index + 1)) / count);
    return piece(tensor, begin, end);
  });
}

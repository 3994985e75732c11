/** One contiguous range for each server, equal in size or in the load that updates make. */
import type { RowFrequencies } from '../sharding.ts';
import type { KeyRange, Layout, PlacedTensor } from '../tensors.ts';

/** A tensor on the line of units that is cut: where it begins in units and in weight. */
interface Stretch {
  readonly tensor: PlacedTensor;
  readonly unitBegin: number;
  readonly units: number;
  readonly weightBegin: number;
  readonly weight: number;
  /** `prefix[j]` is the weight of its first j units; null where all units weigh the same. */
  readonly prefix: Float64Array | null;
}

/**
 * Cuts the vector into `servers` ranges of nearly equal weight, at unit boundaries nearest to the
 * ideal cuts. The weight of a unit is its number of keys, times its frequency where known. A cut is
 * off by half a unit at most, so a range's weight differs from a fair share by one unit at most,
 * unless servers would be left without a unit.
 */
export function contiguous(
  layout: Layout,
  servers: number,
  frequencies: RowFrequencies | null
): readonly (readonly KeyRange[])[] {
  if (frequencies !== null) checkFrequencies(layout, frequencies);
  let line = stretches(layout, frequencies);
  // No row was ever updated: nothing to balance but the size.
  if (totalWeight(line) === 0) line = stretches(layout, null);
  const weight = totalWeight(line);
  const units = line.reduce((sum, stretch) => sum + stretch.units, 0);

  const ranges: KeyRange[][] = [];
  let cut = 0;
  let begin = 0;
  for (let server = 0; server < servers; server++) {
    const ideal = nearestUnit(line, (weight * (server + 1)) / servers);
    // Each server gets a unit, and one is left for each of those that follow.
    cut = Math.min(Math.max(ideal, cut + 1), units - (servers - 1 - server));
    const end = server === servers - 1 ? layout.size : keyOfUnit(line, cut);
    ranges.push([{ begin, end }]);
    begin = end;
  }
  return ranges;
}

function stretches(layout: Layout, frequencies: RowFrequencies | null): readonly Stretch[] {
  const line: Stretch[] = [];
  let unitBegin = 0;
  let weightBegin = 0;
  for (const tensor of layout.tensors) {
    const units = (tensor.end - tensor.begin) / tensor.unit;
    const frequency = frequencies?.get(tensor.name);
    const prefix = frequency === undefined ? null : prefixSums(frequency, tensor.unit);
    const weight = prefix === null ? units * tensor.unit : prefix[units]!;
    line.push({ tensor, unitBegin, units, weightBegin, weight, prefix });
    unitBegin += units;
    weightBegin += weight;
  }
  return line;
}

function prefixSums(frequency: Float32Array | readonly number[], unit: number): Float64Array {
  const sums = new Float64Array(frequency.length + 1);
  for (let i = 0; i < frequency.length; i++) sums[i + 1] = sums[i]! + frequency[i]! * unit;
  return sums;
}

function totalWeight(line: readonly Stretch[]): number {
  const last = line.at(-1)!;
  return last.weightBegin + last.weight;
}

/** The number of units before the boundary that is nearest to `target` on the scale of weights. */
function nearestUnit(line: readonly Stretch[], target: number): number {
  for (const stretch of line) {
    const inside = target - stretch.weightBegin;
    if (inside > stretch.weight) continue;
    const { prefix, units, unitBegin } = stretch;
    if (prefix === null) return unitBegin + Math.round((inside / stretch.weight) * units);
    let low = 0;
    let high = units;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (prefix[middle]! < inside) low = middle + 1;
      else high = middle;
    }
    const before = low > 0 && inside - prefix[low - 1]! < prefix[low]! - inside;
    return unitBegin + (before ? low - 1 : low);
  }
  const last = line.at(-1)!;
  return last.unitBegin + last.units;
}

function keyOfUnit(line: readonly Stretch[], unit: number): number {
  for (const { tensor, unitBegin, units } of line) {
    if (unit < unitBegin + units) return tensor.begin + (unit - unitBegin) * tensor.unit;
  }
  return line.at(-1)!.tensor.end;
}

function checkFrequencies(layout: Layout, frequencies: RowFrequencies): void {
  for (const [name, frequency] of frequencies) {
    const tensor = layout.tensors.find(candidate => candidate.name === name);
    if (tensor === undefined || !tensor.rows) {
      const sparse = layout.tensors.filter(candidate => candidate.rows);
      const names = sparse.map(candidate => `"${candidate.name}"`).join(', ') || 'none';
      throw new Error(`update frequencies name "${name}"; the sparse tensors are: ${names}`);
    }
    const rows = (tensor.end - tensor.begin) / tensor.unit;
    if (frequency.length !== rows) {
      throw new Error(`"${name}" has ${rows} rows and ${frequency.length} update frequencies`);
    }
    for (let row = 0; row < rows; row++) {
      const value = frequency[row]!;
      if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
        throw new Error(
          `row ${row} of "${name}" has update frequency ${value}; 0 or more is right`
        );
      }
    }
  }
}

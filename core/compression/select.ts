/**
 * Exact selection of the k largest magnitudes, without sorting. The bits of a float32 without its
 * sign order like its magnitude, so that a radix histogram over them finds the k-th largest. NaN
 * ranks above infinity; among equals the lowest index is taken.
 */

/** Magnitudes have 31 bits, taken in three digits from the top. */
const DIGIT_SHIFTS = [20, 10, 0] as const;
const DIGIT = 1024;
const HISTOGRAM = new Uint32Array(2 * DIGIT);
const MAGNITUDE = 0x7fffffff;

/** Shorter runs are not worth a sample. */
const SAMPLED_LENGTH_MIN = 2048;
/** Nor are selections of more than this share. */
const SAMPLED_SHARE_MAX = 1 / 8;
const SAMPLE_MAX = 4096;
const SAMPLE = new Int32Array(SAMPLE_MAX);

let candidates = new Uint32Array(4096);
let candidateBits = new Int32Array(4096);

/**
 * Writes the indices of the `k` largest magnitudes among `bits[begin, end)` into `into`, from `at`
 * on, ascending. `bits` are those of float32 values; 1 <= k <= end - begin.
 *
 * Reads the values once in the usual case: a sample gives a threshold that somewhat more than k
 * values pass, and the selection goes on among those. Whether it was good is known by counting, so
 * the result is exact for any values.
 */
export function selectLargest(
  bits: Int32Array,
  begin: number,
  end: number,
  k: number,
  into: Uint32Array,
  at: number
): void {
  const length = end - begin;
  if (k === length) {
    for (let i = 0; i < k; i++) into[at + i] = begin + i;
    return;
  }
  if (length >= SAMPLED_LENGTH_MIN && k <= length * SAMPLED_SHARE_MAX) {
    const threshold = sampledThreshold(bits, begin, end, k);
    const found = threshold > 0 ? gather(bits, begin, end, threshold, 4 * k + 1024) : 0;
    if (found >= k) {
      const cut = kthLargest(candidateBits, 0, found, k);
      let ties = k - above(candidateBits, 0, found, cut);
      for (let i = 0, next = at; i < found; i++) {
        const magnitude = candidateBits[i]!;
        if (magnitude > cut || (magnitude === cut && ties-- > 0)) into[next++] = candidates[i]!;
      }
      return;
    }
  }
  const cut = kthLargest(bits, begin, end, k);
  let ties = k - above(bits, begin, end, cut);
  for (let i = begin, next = at; i < end; i++) {
    const magnitude = bits[i]! & MAGNITUDE;
    if (magnitude > cut || (magnitude === cut && ties-- > 0)) into[next++] = i;
  }
}

/**
 * A magnitude that more than k values should reach: that of a rank in a strided sample three
 * standard deviations below the expected one.
 */
function sampledThreshold(bits: Int32Array, begin: number, end: number, k: number): number {
  const length = end - begin;
  const size = Math.min(SAMPLE_MAX, length >> 2);
  const stride = Math.floor(length / size);
  for (let i = 0; i < size; i++) SAMPLE[i] = bits[begin + i * stride]! & MAGNITUDE;
  const expected = (k / length) * size;
  const rank = Math.min(size, Math.ceil(expected + 3 * Math.sqrt(expected) + 2));
  return kthLargest(SAMPLE, 0, size, rank);
}

/** Collects what reaches `threshold`, by index, ascending. Returns how many, or 0 above `limit`. */
function gather(
  bits: Int32Array,
  begin: number,
  end: number,
  threshold: number,
  limit: number
): number {
  if (candidates.length < limit) {
    candidates = new Uint32Array(2 * limit);
    candidateBits = new Int32Array(2 * limit);
  }
  const indices = candidates;
  const magnitudes = candidateBits;
  let found = 0;
  for (let i = begin; i < end; i++) {
    const magnitude = bits[i]! & MAGNITUDE;
    if (magnitude < threshold) continue;
    if (found === limit) return 0;
    indices[found] = i;
    magnitudes[found] = magnitude;
    found++;
  }
  return found;
}

/** The k-th largest magnitude of `bits[begin, end)`. */
function kthLargest(bits: Int32Array, begin: number, end: number, k: number): number {
  let prefix = 0;
  let known = 0;
  let left = k;
  for (const shift of DIGIT_SHIFTS) {
    HISTOGRAM.fill(0);
    const mask = shift === 20 ? 2 * DIGIT - 1 : DIGIT - 1;
    for (let i = begin; i < end; i++) {
      const magnitude = bits[i]! & MAGNITUDE;
      if ((magnitude & known) === prefix) HISTOGRAM[(magnitude >>> shift) & mask]!++;
    }
    let digit = mask;
    for (; HISTOGRAM[digit]! < left; digit--) left -= HISTOGRAM[digit]!;
    prefix |= digit << shift;
    known |= mask << shift;
  }
  return prefix;
}

/** How many magnitudes are above `cut`. */
function above(bits: Int32Array, begin: number, end: number, cut: number): number {
  let count = 0;
  for (let i = begin; i < end; i++) if ((bits[i]! & MAGNITUDE) > cut) count++;
  return count;
}

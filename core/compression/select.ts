/**
 * Exact selection of the k largest magnitudes, without sorting. The bits of a float32 without its
 * sign order like its magnitude, so that a radix histogram over them finds the k-th largest. NaN
 * ranks above infinity; among equals the lowest index is taken.
 */

/** All bits but the sign. */
const MAGNITUDE = 0x7fffffff;
/** Shorter runs, and selections of a larger share, are not worth a sample. */
const SAMPLED_LENGTH_MIN = 2048;
const SAMPLED_SHARE_MAX = 1 / 32;
const SAMPLE_MAX = 4096;

/** The k-th largest magnitude, and how many of the values that equal it are among the k. */
interface Cut {
  readonly magnitude: number;
  readonly ties: number;
}

/** Scratch, of no meaning between two calls. */
const SAMPLE = new Int32Array(SAMPLE_MAX);
let candidates = new Uint32Array(4096);
let candidateBits = new Int32Array(4096);
let bucketBits = new Int32Array(4096);

/**
 * Writes the indices of the `k` largest magnitudes among `bits[begin, end)` into `into`, from `at`
 * on, ascending; the place after them is scratch and must be there. `bits` are those of float32
 * values; 1 <= k <= end - begin.
 *
 * Reads the values once in the usual case: a sample gives a threshold that somewhat more than k
 * values reach, and the selection goes on among those. Whether it was good is known by counting, so
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
    const found = threshold > 0 ? gather(bits, begin, end, threshold, 2 * k + 1024) : 0;
    if (found >= k) {
      collect(candidateBits, 0, found, kthLargest(candidateBits, 0, found, k), into, at);
      for (let i = at; i < at + k; i++) into[i] = candidates[into[i]!]!;
      return;
    }
  }
  collect(bits, begin, end, kthLargest(bits, begin, end, k), into, at);
}

/**
 * A magnitude that more than k values should reach: that of a rank in a strided sample three
 * standard deviations below the expected one.
 */
function sampledThreshold(bits: Int32Array, begin: number, end: number, k: number): number {
  const length = end - begin;
  const size = Math.min(SAMPLE_MAX, length >> 2);
  const stride = Math.floor(length / size);
  for (let i = 0; i < size; i++) SAMPLE[i] = bits[begin + i * stride]!;
  const expected = (k / length) * size;
  const rank = Math.min(size, Math.ceil(expected + 3 * Math.sqrt(expected) + 2));
  return kthLargest(SAMPLE, 0, size, rank).magnitude;
}

/** Collects what reaches `threshold`, ascending by index. Returns how many, or 0 above `limit`. */
function gather(
  bits: Int32Array,
  begin: number,
  end: number,
  threshold: number,
  limit: number
): number {
  if (candidates.length < limit + 4) {
    candidates = new Uint32Array(2 * limit + 4);
    candidateBits = new Int32Array(2 * limit + 4);
  }
  const below = threshold - 1;
  let found = 0;
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const a = bits[i]! & MAGNITUDE;
    const b = bits[i + 1]! & MAGNITUDE;
    const c = bits[i + 2]! & MAGNITUDE;
    const d = bits[i + 3]! & MAGNITUDE;
    // The sign of a difference is the comparison: four of them for one branch.
    if (((below - a) | (below - b) | (below - c) | (below - d)) >= 0) continue;
    if (found > limit) return 0;
    if (a > below) found = keep(found, i, a);
    if (b > below) found = keep(found, i + 1, b);
    if (c > below) found = keep(found, i + 2, c);
    if (d > below) found = keep(found, i + 3, d);
  }
  for (; i < end; i++) {
    const magnitude = bits[i]! & MAGNITUDE;
    if (magnitude > below && found <= limit) found = keep(found, i, magnitude);
  }
  return found <= limit ? found : 0;
}

function keep(found: number, index: number, magnitude: number): number {
  candidates[found] = index;
  candidateBits[found] = magnitude;
  return found + 1;
}

/** Writes the positions of what is above the cut, and of the first of its equals. */
function collect(
  bits: Int32Array,
  begin: number,
  end: number,
  cut: Cut,
  into: Uint32Array,
  at: number
): void {
  const limit = cut.magnitude;
  let next = at;
  let ties = cut.ties;
  for (let i = begin; i < end; i++) {
    const magnitude = bits[i]! & MAGNITUDE;
    // Written in any case and kept if it counts: which it will be cannot be predicted.
    into[next] = i;
    next = (next + ((limit - magnitude) >>> 31)) | 0;
    if (magnitude === limit && ties > 0) {
      ties--;
      next++;
    }
  }
}

/** Magnitudes have 31 bits: eleven make the first histogram, ten each of the others. */
const HIGH_DIGITS = 2048;
const DIGITS = 1024;
/** Tables that take turns in the first histogram: many values fall into one bucket. */
const TABLES = 4;
const HISTOGRAM = new Uint32Array(TABLES * HIGH_DIGITS);

/** The cut below the k largest of `bits[begin, end)`. */
function kthLargest(bits: Int32Array, begin: number, end: number, k: number): Cut {
  countHigh(bits, begin, end);
  const high = digitOf(HIGH_DIGITS, k);
  const count = gatherBucket(bits, begin, end, high.digit, high.size);
  countDigits(count, 10, high.digit);
  const middle = digitOf(DIGITS, high.left);
  const prefix = (high.digit << 10) | middle.digit;
  countDigits(count, 0, prefix);
  const low = digitOf(DIGITS, middle.left);
  return { magnitude: (prefix << 10) | low.digit, ties: low.left };
}

/** Histogram of the first digit, all tables added up in the first one. */
function countHigh(bits: Int32Array, begin: number, end: number): void {
  HISTOGRAM.fill(0);
  let i = begin;
  for (; i + TABLES <= end; i += TABLES) {
    HISTOGRAM[(bits[i]! & MAGNITUDE) >>> 20]!++;
    HISTOGRAM[((bits[i + 1]! & MAGNITUDE) >>> 20) + HIGH_DIGITS]!++;
    HISTOGRAM[((bits[i + 2]! & MAGNITUDE) >>> 20) + 2 * HIGH_DIGITS]!++;
    HISTOGRAM[((bits[i + 3]! & MAGNITUDE) >>> 20) + 3 * HIGH_DIGITS]!++;
  }
  for (; i < end; i++) HISTOGRAM[(bits[i]! & MAGNITUDE) >>> 20]!++;
  for (let digit = 0; digit < HIGH_DIGITS; digit++) {
    HISTOGRAM[digit]! +=
      HISTOGRAM[digit + HIGH_DIGITS]! +
      HISTOGRAM[digit + 2 * HIGH_DIGITS]! +
      HISTOGRAM[digit + 3 * HIGH_DIGITS]!;
  }
}

/** Copies the magnitudes of one bucket of the first digit. */
function gatherBucket(
  bits: Int32Array,
  begin: number,
  end: number,
  digit: number,
  size: number
): number {
  if (bucketBits.length <= size) bucketBits = new Int32Array(2 * size + 1);
  const bucket = bucketBits;
  let found = 0;
  for (let i = begin; i < end; i++) {
    const magnitude = bits[i]! & MAGNITUDE;
    if (magnitude >>> 20 === digit) bucket[found++] = magnitude;
  }
  return found;
}

/** Histogram of the digit at `shift` over the bucket's magnitudes that begin with `prefix`. */
function countDigits(count: number, shift: number, prefix: number): void {
  HISTOGRAM.fill(0, 0, DIGITS);
  const bucket = bucketBits;
  for (let i = 0; i < count; i++) {
    const magnitude = bucket[i]!;
    if (magnitude >>> (shift + 10) === prefix) {
      HISTOGRAM[(magnitude >>> shift) & (DIGITS - 1)]!++;
    }
  }
}

/** The digit of the k-th largest, how many share it, and its rank among those. */
function digitOf(
  digits: number,
  k: number
): { readonly digit: number; readonly left: number; readonly size: number } {
  let left = k;
  let digit = digits - 1;
  while (HISTOGRAM[digit]! < left) {
    left -= HISTOGRAM[digit]!;
    digit--;
  }
  return { digit, left, size: HISTOGRAM[digit]! };
}

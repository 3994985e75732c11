/** Copies of typed arrays with room for more: tables that grow do so by doubling. */

/** A copy of `room` entries, the new ones `fill`. */
export function grownDoubles(
  from: Float64Array,
  room: number,
  fill = 0
): Float64Array<ArrayBuffer> {
  const to = new Float64Array(room);
  to.set(from);
  if (fill !== 0) to.fill(fill, from.length);
  return to;
}

/** A copy of `room` entries, the new ones `fill`. */
export function grownIntegers(from: Int32Array, room: number, fill = 0): Int32Array<ArrayBuffer> {
  const to = new Int32Array(room);
  to.set(from);
  if (fill !== 0) to.fill(fill, from.length);
  return to;
}

/** A copy of `room` entries, the new ones 0. */
export function grownWords(from: Uint32Array, room: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(room);
  to.set(from);
  return to;
}

/** A copy of `room` entries, the new ones 0. */
export function grownBytes(from: Uint8Array, room: number): Uint8Array<ArrayBuffer> {
  const to = new Uint8Array(room);
  to.set(from);
  return to;
}

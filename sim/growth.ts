/** Copies of typed arrays with room for more: the tables of `sim` grow by doubling. */

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

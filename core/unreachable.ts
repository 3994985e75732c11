/** The end of a switch over a closed union: a case that the compiler knows cannot come. */
export function unreachable(value: never): never {
  throw new Error(`not a case of this union: ${JSON.stringify(value)}`);
}

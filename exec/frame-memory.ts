/**
 * Memory for what is large and lives shortly: frames of messages, and gradients. It belongs to its
 * message, which nobody but the collector can know to be done with; and the collector, which sees
 * small objects with large memory behind them, waits for 64 MB of it and then marks the whole heap.
 * So it is told to look at what is young, which takes a twentieth of a millisecond, and finds nearly
 * all of them.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** They are few and live shortly: so many bytes fit a cache, and a kernel gives them out warm. */
const bytesBetweenCollections = 8_388_608;

type Collect = (options: { readonly type: 'minor' }) => void;

let collect: Collect | null = null;
let young = 0;

/**
 * Memory of exactly `length` bytes that begins at a multiple of 16. Not zeroed: a frame fills it.
 */
export function frameMemory(length: number): Uint8Array {
  allocated(length);
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}

/** Fresh memory of `length` bytes that threads share. */
export function sharedMemory(length: number): SharedArrayBuffer {
  allocated(length);
  return new SharedArrayBuffer(length);
}

/** Memory of `length` bytes has been made, or has come from a thread, and will not live long. */
export function allocated(length: number): void {
  young += length;
  if (young <= bytesBetweenCollections) return;
  young = 0;
  collect ??= youngCollector();
  collect({ type: 'minor' });
}

// The engine's own function, which it shows only to contexts that are made behind the flag.
function youngCollector(): Collect {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? (found as Collect) : () => {};
}

/**
 * Memory for the frames of large messages. A frame belongs to its message, which nobody but the
 * collector can know to be done with; and the collector, which sees small objects with large memory
 * behind them, waits for 64 MB of it and then marks the whole heap. So it is told to look at what
 * is young, which takes a twentieth of a millisecond, and finds nearly all of them.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Frames are few and live shortly: so many bytes fit a cache, and a kernel gives them out warm. */
const bytesBetweenCollections = 8_388_608;

type Collect = (options: { readonly type: 'minor' }) => void;

let collect: Collect | null = null;
let allocated = 0;

/**
 * Memory of exactly `length` bytes that begins at a multiple of 16. Not zeroed: a frame fills it.
 */
export function frameMemory(length: number): Uint8Array {
  allocated += length;
  if (allocated > bytesBetweenCollections) {
    allocated = 0;
    collect ??= youngCollector();
    collect({ type: 'minor' });
  }
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}

// The engine's own function, which it shows only to contexts that are made behind the flag.
function youngCollector(): Collect {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? (found as Collect) : () => {};
}

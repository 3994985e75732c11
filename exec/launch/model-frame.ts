/**
 * A model as bytes: what a worker's device makes of the problem, for the nodes that have no device.
 * Four bytes of length, as much JSON, and the initial params.
 */
import { FrameError } from '../../core/codec/frame.ts';
import type { Model } from '../../core/setup.ts';

export function packModel({ layout, sparse, initialParams, frequencies }: Model): Uint8Array {
  const rows = frequencies && [...frequencies].map(([name, counts]) => [name, [...counts]]);
  const head = { layout, sparse, params: initialParams?.length ?? null, frequencies: rows };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(4 + text.length + (initialParams?.byteLength ?? 0));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  if (initialParams !== null) {
    const { buffer, byteOffset, byteLength } = initialParams;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), 4 + text.length);
  }
  return bytes;
}

/** Throws `FrameError` where lengths do not fit. */
export function unpackModel(bytes: Uint8Array): Model {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 4 + (bytes.length < 4 ? 0 : view.getUint32(0, true));
  if (bytes.length < end) throw new FrameError('a model that is cut short', bytes.length);
  const head = headOf(bytes.subarray(4, end));
  const { layout, sparse, params } = head;
  const rows: [string, number[]][] | null = head.frequencies;
  const frequencies = rows === null ? null : new Map(rows);
  const length = params ?? 0;
  if (bytes.length !== end + 4 * length) {
    throw new FrameError(`a model of ${length} params in ${bytes.length} bytes`, bytes.length);
  }
  const values = bytes.slice(end);
  const initialParams = params === null ? null : new Float32Array(values.buffer, 0, length);
  return { layout, sparse, initialParams, frequencies };
}

function headOf(text: Uint8Array) {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    throw new FrameError('a model whose head is not JSON', 4);
  }
}

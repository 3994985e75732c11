/**
 * Programs in WebAssembly SIMD. The module is assembled here, byte by byte: a program is one loop
 * over four float32 at a time, a few hundred bytes. Wasm's f32x4 operations are those of IEEE 754,
 * with no fused multiply-add (that is relaxed SIMD), so they round as `Math.fround` does.
 */
import { CHUNK, type CompiledProgram, type Program, type Step } from './program.ts';

/** The part of the WebAssembly interface that is used (the compiler knows no DOM types here). */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: Exports };
};
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly run: (bytes: number, ...scalars: readonly number[]) => void;
}

/** Compiles a program, or returns null where the engine has no WebAssembly SIMD. */
export function compileSimd(program: Program): CompiledProgram | null {
  const bytes = assemble(program);
  const exports = instantiate(bytes);
  if (exports === null) return null;
  const { memory, run } = exports;
  const buffers = [...program.columns, ...program.results].map(
    (_, i) => new Float32Array(memory.buffer, i * CHUNK_BYTES, CHUNK)
  );
  return {
    columns: buffers.slice(0, program.columns.length),
    results: buffers.slice(program.columns.length),
    // Whole rounds of the loop: what lies beyond `length` in the buffers is computed, and not read.
    run: (length, scalars) => run(Math.ceil(length / ROUND) * ROUND * 4, ...scalars)
  };
}

function instantiate(bytes: Uint8Array<ArrayBuffer>): Exports | null {
  if (typeof WebAssembly === 'undefined') return null;
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  } catch {
    // An engine without SIMD refuses the module; the plain compiler gives the same bits.
    return null;
  }
}

const CHUNK_BYTES = CHUNK * 4;
const PAGE_BYTES = 65536;
/** Vectors of four that one round of the loop computes, and elements of a round. */
const UNROLL = 4;
const ROUND = UNROLL * 4;

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const V128_LOAD = [0xfd, 0x00];
const V128_STORE = [0xfd, 0x0b];
const F32X4_SPLAT = [0xfd, 0x13];
const F32X4: Readonly<Record<Step[1], readonly number[]>> = {
  abs: [0xfd, 0xe0, 0x01],
  sqrt: [0xfd, 0xe3, 0x01],
  add: [0xfd, 0xe4, 0x01],
  sub: [0xfd, 0xe5, 0x01],
  mul: [0xfd, 0xe6, 0x01],
  div: [0xfd, 0xe7, 0x01]
};

/**
 * The module: `memory`, with the columns' buffers and then the results', and `run(bytes, scalars
 * ...)`, a loop with an offset that every buffer shares. Parameters of a wasm function are its first
 * locals; the offset and a vector for each name come after them.
 */
function assemble(program: Program): Uint8Array<ArrayBuffer> {
  const { columns, scalars, steps, results } = program;
  const offset = 1 + scalars.length;
  const names = [...scalars, ...columns, ...steps.map(step => step[0])];
  const local = (name: string): number => {
    const index = names.lastIndexOf(name);
    if (index < 0) throw new Error(`a program reads "${name}", which is not computed`);
    return offset + 1 + index;
  };
  const get = (name: string): number[] => [LOCAL_GET, ...unsigned(local(name))];
  const set = (name: string): number[] => [LOCAL_SET, ...unsigned(local(name))];

  const round = (at: number): number[] => [
    ...columns.flatMap((name, i) => [
      ...[LOCAL_GET, offset, ...V128_LOAD, 4, ...unsigned(i * CHUNK_BYTES + at)],
      ...set(name)
    ]),
    ...steps.flatMap(([target, operation, ...operands]) => [
      ...operands.flatMap(get),
      ...F32X4[operation],
      ...set(target)
    ]),
    ...results.flatMap((name, i) => [
      ...[LOCAL_GET, offset, ...get(name)],
      ...[...V128_STORE, 4, ...unsigned((columns.length + i) * CHUNK_BYTES + at)]
    ])
  ];
  const body = [
    ...scalars.flatMap((name, i) => [LOCAL_GET, 1 + i, ...F32X4_SPLAT, ...set(name)]),
    ...[0x03, 0x40], // loop
    ...Array.from({ length: UNROLL }, (_, i) => round(16 * i)).flat(),
    ...[LOCAL_GET, offset, 0x41, ...signed(16 * UNROLL), 0x6a, LOCAL_TEE, offset], // offset += 64
    ...[LOCAL_GET, 0, 0x49, 0x0d, 0], // again while offset < bytes
    ...[0x0b, 0x0b] // end of loop and function
  ];
  const locals = list([
    [1, I32],
    [...unsigned(names.length), V128]
  ]);
  const pages = Math.ceil(((columns.length + results.length) * CHUNK_BYTES) / PAGE_BYTES);
  const run: number[] = [...locals, ...body];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [[0x60, ...list([[I32], ...scalars.map(() => [F32])]), 0]]), // types
    ...section(3, [[0]]), // functions
    ...section(5, [[0, ...unsigned(pages)]]), // memories
    ...section(7, [
      [...text('memory'), 2, 0],
      [...text('run'), 0, 0]
    ]), // exports
    ...section(10, [[...unsigned(run.length), ...run]]) // code
  ]);
}

function section(id: number, entries: readonly (readonly number[])[]): number[] {
  const content = list(entries);
  return [id, ...unsigned(content.length), ...content];
}

function list(entries: readonly (readonly number[])[]): number[] {
  return [...unsigned(entries.length), ...entries.flat()];
}

function text(name: string): number[] {
  return [name.length, ...Array.from(name, character => character.charCodeAt(0))];
}

/** LEB128 of a natural number. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** LEB128 of a natural number where a sign is expected. */
function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)];
}

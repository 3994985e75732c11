/** Kernels over whole vectors: a program, run chunk by chunk, by SIMD where there is SIMD. */
import { compilePlain } from './plain.ts';
import { CHUNK, type CompiledProgram, type Program } from './program.ts';
import { compileSimd } from './simd.ts';

/** A kernel at work. Vectors are in the order of the program's columns, results and scalars. */
export interface Kernel {
  /**
   * Computes the first `length` elements of the results. A result may be a column itself; other
   * overlaps of their memory are not allowed.
   */
  run(vectors: Vectors, length: number): void;
  /** Computes the elements at these positions (each once), and leaves the others alone. */
  runAt(vectors: Vectors, positions: Uint32Array): void;
}

export interface Vectors {
  readonly columns: readonly Float32Array[];
  readonly scalars: readonly number[];
  readonly results: readonly Float32Array[];
}

/** A kernel of a program; it is compiled when it first runs. */
export function elementwise(program: Program, compile: Compiler = compileBest): Kernel {
  let compiled: CompiledProgram | null = null;
  return {
    run(vectors, length) {
      compiled ??= compile(program);
      for (let begin = 0; begin < length; begin += CHUNK) {
        runChunk(compiled, vectors, begin, Math.min(begin + CHUNK, length));
      }
    },
    runAt(vectors, positions) {
      compiled ??= compile(program);
      for (let begin = 0; begin < positions.length; begin += CHUNK) {
        runGathered(compiled, vectors, positions.subarray(begin, begin + CHUNK));
      }
    }
  };
}

export type Compiler = (program: Program) => CompiledProgram;

function compileBest(program: Program): CompiledProgram {
  return compileSimd(program) ?? compilePlain(program);
}

function runChunk(
  compiled: CompiledProgram,
  { columns, scalars, results }: Vectors,
  begin: number,
  end: number
): void {
  for (let i = 0; i < columns.length; i++) {
    compiled.columns[i]!.set(columns[i]!.subarray(begin, end));
  }
  const length = end - begin;
  compiled.run(length, scalars);
  for (let i = 0; i < results.length; i++) {
    const buffer = compiled.results[i]!;
    // Most chunks are whole: a view of the buffer would cost as much as copying a tenth of it.
    results[i]!.set(length === CHUNK ? buffer : buffer.subarray(0, length), begin);
  }
}

function runGathered(
  compiled: CompiledProgram,
  { columns, scalars, results }: Vectors,
  positions: Uint32Array
): void {
  const { length } = positions;
  for (let i = 0; i < columns.length; i++) {
    const from = columns[i]!;
    const buffer = compiled.columns[i]!;
    for (let j = 0; j < length; j++) buffer[j] = from[positions[j]!]!;
  }
  compiled.run(length, scalars);
  for (let i = 0; i < results.length; i++) {
    const into = results[i]!;
    const buffer = compiled.results[i]!;
    for (let j = 0; j < length; j++) into[positions[j]!] = buffer[j]!;
  }
}

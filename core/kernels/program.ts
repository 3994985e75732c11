/**
 * An elementwise kernel as data: what becomes of each element of some float32 columns. One program
 * has two compilers, plain TypeScript and WebAssembly SIMD; since each step rounds once to float32
 * in both, they give the same bits, and a formula is written down once.
 */

/** Column and scalar names are read by the steps; so is the target of any step before. */
export interface Program {
  /** Vectors that are read, one element each at a time. */
  readonly columns: readonly string[];
  /** Numbers that are the same for all elements; rounded to float32 on entry. */
  readonly scalars: readonly string[];
  readonly steps: readonly Step[];
  /** Targets of steps that are written to vectors. */
  readonly results: readonly string[];
}

/** `target = left operation right`, or `target = operation(operand)`, rounded to float32. */
export type Step =
  | readonly [target: string, operation: BinaryOperation, left: string, right: string]
  | readonly [target: string, operation: UnaryOperation, operand: string];

export type BinaryOperation = 'add' | 'sub' | 'mul' | 'div';
export type UnaryOperation = 'sqrt' | 'abs';

/**
 * A compiled program. It works on a chunk at a time, in buffers of its own: columns are copied in
 * and results copied out, since WebAssembly sees its own memory only.
 */
export interface CompiledProgram {
  /** Buffers of `CHUNK` elements, in the order of the program's columns and results. */
  readonly columns: readonly Float32Array[];
  readonly results: readonly Float32Array[];
  /** Computes the first `length` results (at most `CHUNK`); may touch the others. */
  run(length: number, scalars: readonly number[]): void;
}

/**
 * Elements of a chunk: few enough that the buffers of a program stay in the first-level cache, enough
 * to make the calls and copies cheap.
 */
export const CHUNK = 2048;

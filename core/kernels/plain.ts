/** Programs in plain TypeScript: one loop a step. Storing to a Float32Array is the rounding. */
import { unreachable } from '../unreachable.ts';
import { CHUNK, type CompiledProgram, type Program, type Step } from './program.ts';

/** Compiles a program for engines without WebAssembly SIMD; the oracle of the one for those with. */
export function compilePlain(program: Program): CompiledProgram {
  const registers = new Map<string, Float32Array>();
  const register = (name: string): Float32Array => {
    const array = new Float32Array(CHUNK);
    registers.set(name, array);
    return array;
  };
  const columns = program.columns.map(register);
  const scalars = program.scalars.map(register);
  const find = (name: string): Float32Array => {
    const array = registers.get(name);
    if (array === undefined) throw new Error(`a program reads "${name}", which is not computed`);
    return array;
  };
  const steps = program.steps.map(step => {
    const [, operation, left, right = left] = step;
    const a = find(left);
    const b = find(right);
    return { operation, a, b, target: register(step[0]) };
  });
  return {
    columns,
    results: program.results.map(find),
    run(length, values) {
      scalars.forEach((array, i) => {
        array.fill(values[i]!, 0, length);
      });
      for (const { operation, a, b, target } of steps) loop(operation, a, b, target, length);
    }
  };
}

function loop(
  operation: Step[1],
  a: Float32Array,
  b: Float32Array,
  target: Float32Array,
  length: number
): void {
  switch (operation) {
    case 'add':
      for (let i = 0; i < length; i++) target[i] = a[i]! + b[i]!;
      return;
    case 'sub':
      for (let i = 0; i < length; i++) target[i] = a[i]! - b[i]!;
      return;
    case 'mul':
      for (let i = 0; i < length; i++) target[i] = a[i]! * b[i]!;
      return;
    case 'div':
      for (let i = 0; i < length; i++) target[i] = a[i]! / b[i]!;
      return;
    case 'sqrt':
      for (let i = 0; i < length; i++) target[i] = Math.sqrt(a[i]!);
      return;
    case 'abs':
      for (let i = 0; i < length; i++) target[i] = Math.abs(a[i]!);
      return;
    default:
      unreachable(operation);
  }
}

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { accumulate } from '../../../core/kernels/accumulate.ts';
import { type Compiler, elementwise, type Vectors } from '../../../core/kernels/elementwise.ts';
import { compilePlain } from '../../../core/kernels/plain.ts';
import { CHUNK, type Program } from '../../../core/kernels/program.ts';
import { compileSimd } from '../../../core/kernels/simd.ts';
import { type Stream, stream } from '../../../core/random.ts';

const test = suite('kernels');
const SEED = 41;

/** Every operation, results that are read again, a scalar that float32 has not, and two results. */
const program: Program = {
  columns: ['a', 'b', 'c'],
  scalars: ['tenth', 'scale'],
  steps: [
    ['product', 'mul', 'a', 'tenth'],
    ['sum', 'add', 'product', 'b'],
    ['size', 'abs', 'c'],
    ['root', 'sqrt', 'size'],
    ['ratio', 'div', 'sum', 'root'],
    ['difference', 'sub', 'ratio', 'scale'],
    ['result', 'mul', 'difference', 'scale']
  ],
  results: ['result', 'sum']
};
const scalars = [0.1, 3.7];

const simd: Compiler = source => {
  const compiled = compileSimd(source);
  if (compiled === null) throw new Error('this engine has no WebAssembly SIMD');
  return compiled;
};
const compilers = { simd, plain: compilePlain };

for (const [name, compile] of Object.entries(compilers)) {
  test(`${name}: each step rounds once to float32, at any length`, () => {
    const kernel = elementwise(program, compile);
    const draws = stream(SEED, name);
    for (const length of [0, 1, 3, 4, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5]) {
      const columns = program.columns.map(() => vector(draws, length + 7));
      const results = program.results.map(() => new Float32Array(length + 7).fill(-1));
      kernel.run({ columns, scalars, results }, length);
      const expected = columns.map((_, i) => results[i]?.map(() => -1));
      for (let i = 0; i < length; i++) {
        interpret(columns.map(column => column[i]!)).forEach((value, r) => {
          expected[r]![i] = value;
        });
      }
      results.forEach((result, r) => {
        same(result, expected[r]!, `length ${length}, seed ${SEED}`);
      });
    }
  });

  test(`${name}: a result may be a column itself`, () => {
    const kernel = elementwise(program, compile);
    const columns = program.columns.map(() => vector(stream(SEED, 'in place'), CHUNK + 9));
    const apart = program.results.map(() => new Float32Array(CHUNK + 9));
    kernel.run({ columns, scalars, results: apart }, CHUNK + 9);
    kernel.run({ columns, scalars, results: [columns[0]!, columns[1]!] }, CHUNK + 9);
    same(columns[0]!, apart[0]!, 'first result');
    same(columns[1]!, apart[1]!, 'second result');
  });

  test(`${name}: only the elements at the positions change, and as they would with all others`, () => {
    const kernel = elementwise(program, compile);
    const draws = stream(SEED, 'positions');
    const length = 3 * CHUNK;
    const columns = program.columns.map(() => vector(draws, length));
    const whole = program.results.map(() => new Float32Array(length));
    kernel.run({ columns, scalars, results: whole }, length);
    const order = Uint32Array.from({ length }, (_, i) => i);
    const positions = draws.shuffle(order).subarray(0, CHUNK + 100);
    const results = program.results.map(() => new Float32Array(length).fill(-1));
    kernel.runAt({ columns, scalars, results }, positions);
    const chosen = new Set(positions);
    results.forEach((result, r) => {
      same(
        result,
        whole[r]!.map((value, i) => (chosen.has(i) ? value : -1)),
        `result ${r}`
      );
    });
    kernel.runAt({ columns, scalars, results }, new Uint32Array(0));
  });

  test(`${name}: a program that reads what nobody computes is refused`, () => {
    const broken: Program = { ...program, steps: [['x', 'add', 'a', 'nothing']], results: ['x'] };
    const vectors: Vectors = { columns: [new Float32Array(1)], scalars, results: [] };
    assert.throws(() => elementwise(broken, compile).run(vectors, 1), 'reads "nothing"');
  });
}

test('accumulate adds a weighted vector with two roundings', () => {
  const draws = stream(SEED, 'accumulate');
  for (const weight of [1, 0.1, -3]) {
    const sum = vector(draws, CHUNK + 3);
    const values = vector(draws, CHUNK + 3);
    const factor = Math.fround(weight);
    const expected = sum.map((x, i) => Math.fround(x + Math.fround(values[i]! * factor)));
    accumulate(sum, values, weight);
    same(sum, expected, `weight ${weight}, seed ${SEED}`);
  }
  assert.throws(() => accumulate(new Float32Array(2), new Float32Array(1), 1), 'shorter');
});

test.run();

/** Numbers of every size, zeros of both signs, subnormal ones and the largest. */
function vector(draws: Stream, length: number): Float32Array {
  const special = [0, -0, 1e-45, -1e-45, 1.1754942e-38, 3.4028235e38, 1, -1];
  return Float32Array.from({ length }, () => {
    if (draws.uniform() < 0.1) return special[draws.integer(special.length)]!;
    return draws.normal() * 10 ** (draws.uniform() * 20 - 10);
  });
}

/** The program for one element, by its meaning. */
function interpret(values: readonly number[]): number[] {
  const names = new Map<string, number>();
  program.columns.forEach((name, i) => {
    names.set(name, values[i]!);
  });
  program.scalars.forEach((name, i) => {
    names.set(name, Math.fround(scalars[i]!));
  });
  const operations = {
    add: (a: number, b: number) => a + b,
    sub: (a: number, b: number) => a - b,
    mul: (a: number, b: number) => a * b,
    div: (a: number, b: number) => a / b,
    sqrt: Math.sqrt,
    abs: Math.abs
  };
  for (const [target, operation, left, right = left] of program.steps) {
    names.set(target, Math.fround(operations[operation](names.get(left)!, names.get(right)!)));
  }
  return program.results.map(name => names.get(name)!);
}

/** The same bits, but for the payload of a NaN, which engines choose. */
function same(actual: Float32Array, expected: Float32Array, what: string): void {
  assert.is(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    assert.unreachable(`${what}: element ${i} is ${actual[i]}, not ${expected[i]}`);
  }
}

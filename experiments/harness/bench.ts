/** Benchmarks: every file of experiments/bench exports `bench()`, which measures a few figures. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nearest } from '../../core/nearest.ts';
import { projectRoot } from '../../exec/project-root.ts';
import { importUserModule } from '../../exec/user-module.ts';
import { documentText } from './documents.ts';
import { UsageError } from './usage-error.ts';

/** One measured figure. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What is wanted, `>= 0.7` or `<= 1.1 times`; absent where the figure is only told. */
  readonly target?: string;
}

interface MeasuredFile {
  readonly file: string;
  readonly measurements: Measurement[];
}

const folder = path.join(projectRoot, 'experiments', 'bench');

/** Runs the benchmarks of these names, or all, one after another, and prints as it goes. */
export async function runBenchmarks(names: readonly string[], json: boolean): Promise<void> {
  const measured: MeasuredFile[] = [];
  for (const name of chosen(names)) {
    process.stderr.write(`${name} ...\n`);
    const measurements = await measure(name);
    measured.push({ file: name, measurements: [...measurements] });
    if (!json) process.stdout.write(`${benchText(measurements)}\n`);
  }
  if (json) {
    process.stdout.write(documentText({ version: 1, kind: 'benchmarks', benchmarks: measured }));
  }
}

/** Installs or builds what the benchmarks of these names, or all, compare with; measures nothing. */
export async function setUpBenchmarks(names: readonly string[]): Promise<void> {
  for (const name of chosen(names)) {
    const { setUp } = await importBenchmark(name);
    if (typeof setUp !== 'function') continue;
    process.stderr.write(`${name}: setting up what it compares with ...\n`);
    await setUp();
  }
}

/** The benchmarks of these names, or all, in order. */
function chosen(names: readonly string[]): readonly string[] {
  const there = fs.readdirSync(folder).flatMap(name => /^(.+)\.ts$/.exec(name)?.[1] ?? []);
  for (const name of names) {
    if (there.includes(name)) continue;
    const guess = nearest(name, there);
    const hint = guess === null ? '' : ` (did you mean "${guess}"?)`;
    throw new UsageError(`there is no benchmark "${name}"${hint}; there are ${there.join(', ')}`);
  }
  return there.sort().filter(name => names.length === 0 || names.includes(name));
}

/** Lines of figures with their targets, and whether they are met. */
export function benchText(measurements: readonly Measurement[]): string {
  const width = Math.max(0, ...measurements.map(({ name }) => name.length));
  return measurements
    .map(measurement => {
      const { name, value, unit, target } = measurement;
      const figure = `${Number(value.toPrecision(3))} ${unit}`.trim();
      const met = meetsTarget(measurement);
      const verdict = met === null ? '' : met ? 'met' : 'NOT met';
      const wanted = target === undefined ? '' : `  target ${target}  ${verdict}`;
      return `  ${name.padEnd(width)}  ${figure}${wanted}`.trimEnd();
    })
    .join('\n');
}

/** Whether a figure meets its target; null where that is no comparison with a number. */
export function meetsTarget({ value, target }: Measurement): boolean | null {
  const [, relation, bound] = /^(<=|>=|<|>)\s*([\d.,]+)/.exec(target ?? '') ?? [];
  if (bound === undefined) return null;
  const limit = Number(bound.replaceAll(',', ''));
  if (relation === '<=') return value <= limit;
  if (relation === '>=') return value >= limit;
  return relation === '<' ? value < limit : value > limit;
}

async function measure(name: string): Promise<readonly Measurement[]> {
  const { bench } = await importBenchmark(name);
  if (typeof bench !== 'function') {
    throw new UsageError(`experiments/bench/${name}.ts exports no function bench()`);
  }
  return bench();
}

function importBenchmark(name: string): Promise<Readonly<Record<string, unknown>>> {
  return importUserModule(path.join('experiments', 'bench', `${name}.ts`));
}

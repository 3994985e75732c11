/**
 * `npm test`: types, lint and format, then every test file in a process of its own, as many at once
 * as there are cores. Ends with the line `N passed, N failed` (and `, N skipped`).
 *
 *   npm test                    everything
 *   npm test -- core/codec      only the test files whose path contains this
 *
 * With SLACKLINE_NO_SKIP=1 a skipped test is a failure: for a machine that has all there is to have.
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from '../experiments/harness/build.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const filters = process.argv.slice(2);
const noSkip = process.env.SLACKLINE_NO_SKIP === '1';

/** A file that takes longer hangs: it is ended, and counts as failed. */
const fileSecondsMax = process.env.SLACKLINE_LONG === '1' ? 3000 : 300;

/** Durations of the last time, by file: the longest begin first, so that no core waits at the end. */
const timesFile = path.join(root, 'node_modules', '.cache', 'slackline', 'test-seconds.json');

const total = { passed: 0, failed: 0, skipped: 0 };
const skips = [];
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

try {
  await buildIfStale();
} catch (error) {
  console.log(`the sources do not compile\n${error.message}\n0 passed, 1 failed`);
  process.exit(1);
}
const times = readTimes();
const tasks = [...(filters.length === 0 ? checks() : []), ...testFiles().map(testTask)];
if (tasks.length === 0) console.log(`no test file matches ${filters.join(' ')}`);
tasks.sort((one, other) => seconds(other) - seconds(one));
await Promise.all(Array.from({ length: availableParallelism() }, lane));
writeTimes();

for (const { file, text } of skips) console.log(`skipped  ${file}  ${text}`);
if (noSkip) total.failed += total.skipped;
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

async function lane() {
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    const began = performance.now();
    const result = await execute(task);
    times[task.name] = Math.round((performance.now() - began) / 100) / 10;
    report(task, result, times[task.name]);
  }
}

function report({ name, count }, { code, output, timedOut }, took) {
  const counts = count(output, code);
  total.passed += counts.passed;
  total.skipped += counts.skipped;
  for (const [, text] of output.matchAll(/^\s*SKIP (.*)$/gm)) skips.push({ file: name, text });
  const failed = code !== 0 || timedOut || counts.passed + counts.skipped === 0;
  total.failed += failed ? Math.max(1, counts.failed) : 0;
  console.log(`${failed ? 'FAILED ' : 'passed '} ${name}  ${counts.passed} in ${took} s`);
  if (!failed) return;
  if (timedOut) console.log(`ended after ${fileSecondsMax} s`);
  if (counts.passed + counts.skipped === 0 && code === 0) console.log('has run no test');
  console.log(output.trimEnd());
}

/** Types, lint and format: each counts as one test. */
function checks() {
  const bin = name => path.join(root, 'node_modules', ...name);
  const count = (_output, code) => ({ passed: code === 0 ? 1 : 0, failed: 1, skipped: 0 });
  return [
    { name: 'types', arguments: [bin(['typescript', 'bin', 'tsc'])], count },
    {
      name: 'lint and format',
      arguments: [bin(['@biomejs', 'biome', 'bin', 'biome']), 'check', '.'],
      count
    }
  ];
}

function testTask(file) {
  return { name: file, arguments: ['--import', 'tsx', file], count: countTests };
}

// What uvu prints at the end of a file.
function countTests(output) {
  const figure = name => Number(new RegExp(`^\\s*${name}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? 0);
  const [all, passed, skipped] = [figure('Total'), figure('Passed'), figure('Skipped')];
  return { passed, skipped, failed: all - passed };
}

function testFiles() {
  return fs
    .readdirSync(path.join(root, 'test'), { recursive: true })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => path.join('test', name))
    .filter(name => filters.length === 0 || filters.some(filter => name.includes(filter)))
    .sort();
}

function execute({ arguments: args }) {
  return new Promise(resolve => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
    const child = spawn(process.execPath, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe']
    });
    running.add(child);
    let output = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, fileSecondsMax * 1000);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += data));
    child.on('close', code => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, output, timedOut });
    });
  });
}

// A file that is new may be long: it begins early.
function seconds({ name }) {
  return times[name] ?? 60;
}

function readTimes() {
  try {
    return JSON.parse(fs.readFileSync(timesFile, 'utf8'));
  } catch {
    return {};
  }
}

function writeTimes() {
  fs.mkdirSync(path.dirname(timesFile), { recursive: true });
  fs.writeFileSync(timesFile, JSON.stringify(times));
}

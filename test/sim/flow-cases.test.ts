import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type NamedCase, readFlowFile } from '../../experiments/harness/flows/flow-file.ts';
import { Problems } from '../../experiments/harness/flows/problems.ts';
import { type CaseFlow, type CaseLink, runFlowCase } from '../../sim/flow-case.ts';
import { MaxMin } from '../../sim/max-min/max-min.ts';
import { ProgressiveFill } from '../../sim/progressive-fill.ts';
import type { Sharing } from '../../sim/sharing.ts';

/** What a file says of how its flows end, beside what is run. */
interface Expected {
  readonly desc: string;
  readonly expected: { readonly [flow: string]: { readonly status: string; readonly t: number } };
}

const solvers: readonly { readonly name: string; build(): Sharing }[] = [
  { name: 'plain fill', build: () => new ProgressiveFill() },
  { name: 'incremental', build: () => new MaxMin() }
];
const gigabit = 125e6;

const test = suite('flow cases');

for (const file of ['./flow-cases.json', './link-changes.json']) {
  const { cases, expected } = read(file);
  for (const { name, build } of solvers) {
    cases.forEach((flowCase, index) => {
      const { desc, expected: ends } = expected[index]!;
      test(`${name}: ${flowCase.name}, ${desc}`, () => {
        const found = runFlowCase(flowCase, build());
        assert.is(Object.keys(ends).length, found.length);
        flowCase.flowIds.forEach((id, flow) => {
          const { status, t } = ends[id]!;
          assert.is(found[flow]!.status, status, `flow ${id}`);
          close(found[flow]!.seconds, t, `flow ${id}`);
        });
      });
    });
  }
}

for (const { name, build } of solvers) {
  test(`${name}: flows of sizes 1, 2 and 4 on one link end at 3, 5 and 7`, () => {
    const flows = [1, 2, 4].map(size => flow([0], size * gigabit));
    allClose(runFlowCase({ links: [link()], flows }, build()), [3, 5, 7]);
  });

  test(`${name}: P workers push M bytes to S servers in max(M/Bw, PM/(S Bs)) plus the latency`, () => {
    for (const [workers, servers] of [
      [2, 8],
      [8, 8],
      [16, 4],
      [5, 3]
    ] as const) {
      const links = Array.from({ length: workers + servers }, () => link({ latencySeconds: 1e-4 }));
      const flows: CaseFlow[] = [];
      for (let worker = 0; worker < workers; worker++) {
        for (let server = 0; server < servers; server++) {
          flows.push(flow([worker, workers + server], (3 * gigabit) / servers));
        }
      }
      const last = latest(runFlowCase({ links, flows }, build()));
      close(last, 2e-4 + Math.max(3, (3 * workers) / servers), `${workers} to ${servers}`);
    }
  });

  test(`${name}: servers on the workers' machines push like a ring, 2(n-1)M/(nB)`, () => {
    const machines = 6;
    const links = Array.from({ length: 2 * machines }, () => link());
    const flows: CaseFlow[] = [];
    for (let from = 0; from < machines; from++) {
      for (let to = 0; to < machines; to++) {
        if (from !== to) flows.push(flow([2 * from, 2 * to + 1], gigabit / machines));
      }
    }
    const push = latest(runFlowCase({ links, flows }, build()));
    close(2 * push, (2 * (machines - 1)) / machines, 'push and pull');
  });

  test(`${name}: a link of capacity 0 holds its flows until it gets some again`, () => {
    const points = [
      [0.25, 0],
      [3, gigabit]
    ] as const;
    const links = [link({ bandwidth: { points, period: null } }), link()];
    const flows = [flow([0, 1], gigabit), flow([1], gigabit)];
    // Shares until 0.25 s; then flow 1 alone, 0.875 left; then flow 0 alone again from 3 s on.
    allClose(runFlowCase({ links, flows }, build()), [3.875, 1.125]);
  });

  test(`${name}: a flow that no bandwidth ever reaches is stalled, and the others end`, () => {
    for (const period of [null, 1]) {
      const bandwidth = { points: [[0.25, 0]] as const, period };
      const flows = [flow([0], gigabit), flow([1], gigabit)];
      const ends = runFlowCase({ links: [link({ bandwidth }), link()], flows }, build());
      assert.equal(ends[0], { status: 'stalled', seconds: null });
      close(ends[1]!.seconds, 1, 'the other');
    }
  });

  test(`${name}: a profile of very short rounds averages out`, () => {
    const points = [
      [0, gigabit],
      [0.0005, gigabit / 2]
    ] as const;
    const links = [link({ bandwidth: { points, period: 0.001 } })];
    allClose(runFlowCase({ links, flows: [flow([0], 7.5 * gigabit)] }, build()), [10]);
  });
}

function read(file: string): { cases: NamedCase[]; expected: readonly Expected[] } {
  const value = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  const problems = new Problems();
  const cases = readFlowFile(value, problems);
  assert.equal(problems.lines, []);
  return { cases, expected: value.cases };
}

function link(part: Partial<CaseLink> = {}): CaseLink {
  return { bytesPerSecond: gigabit, latencySeconds: 0, policy: 'shared', ...part };
}

function flow(route: readonly number[], bytes: number): CaseFlow {
  return { route, bytes, startSeconds: 0 };
}

function latest(ends: readonly { readonly seconds: number | null }[]): number {
  return Math.max(...ends.map(end => end.seconds ?? Infinity));
}

function close(actual: number | null, expected: number, what: string): void {
  const isClose = actual !== null && Math.abs(actual - expected) <= 1e-9 * expected;
  assert.ok(isClose, `${what}: ${actual} s, expected ${expected} s`);
}

function allClose(
  ends: readonly { readonly seconds: number | null }[],
  expected: readonly number[]
): void {
  assert.is(ends.length, expected.length);
  expected.forEach((seconds, index) => {
    close(ends[index]!.seconds, seconds, `flow ${index}`);
  });
}

test.run();

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MaxMin } from '../../sim/max-min/max-min.ts';
import { ProgressiveFill } from '../../sim/progressive-fill.ts';
import type { Sharing } from '../../sim/sharing.ts';
import { type CaseChange, type CaseFlow, type CaseLink, runFlows } from './flow-run.ts';

/** Cases computed with SimGrid 3.32, pure max-min sharing: bytes, bytes per second, seconds. */
interface FlowCases {
  readonly cases: readonly FlowCase[];
}

interface FlowCase {
  readonly name: string;
  readonly desc: string;
  readonly links: readonly {
    readonly id: string;
    readonly bw: number;
    readonly lat: number;
    readonly policy: 'SHARED' | 'FATPIPE' | 'SPLITDUPLEX';
  }[];
  readonly routes: readonly {
    readonly src: string;
    readonly dst: string;
    readonly links: readonly string[];
  }[];
  readonly flows: readonly {
    readonly id: string;
    readonly src: string;
    readonly dst: string;
    readonly size: number;
    readonly start: number;
  }[];
  readonly expected: { readonly [flow: string]: { readonly status: string; readonly t: number } };
}

const solvers: readonly { readonly name: string; build(): Sharing }[] = [
  { name: 'plain fill', build: () => new ProgressiveFill() },
  { name: 'incremental', build: () => new MaxMin() }
];
const { cases }: FlowCases = JSON.parse(
  readFileSync(new URL('./flow-cases.json', import.meta.url), 'utf8')
);
const gigabit = 125e6;

const test = suite('flow cases');

for (const { name, build } of solvers) {
  for (const flowCase of cases) {
    test(`${name}: ${flowCase.name}, ${flowCase.desc}`, () => {
      const { links, flows } = translated(flowCase);
      const ends = runFlows(build(), links, flows);
      flowCase.flows.forEach(({ id }, index) => {
        const { status, t } = flowCase.expected[id]!;
        assert.is(status, 'done');
        close(ends[index]!, t, `flow ${id}`);
      });
    });
  }

  test(`${name}: flows of sizes 1, 2 and 4 on one link end at 3, 5 and 7`, () => {
    const flows = [1, 2, 4].map(size => flow([0], size * gigabit));
    allClose(runFlows(build(), [link()], flows), [3, 5, 7]);
  });

  test(`${name}: P workers push M bytes to S servers in max(M/Bw, PM/(S Bs)) plus the latency`, () => {
    for (const [workers, servers] of [
      [2, 8],
      [8, 8],
      [16, 4],
      [5, 3]
    ] as const) {
      const links = Array.from({ length: workers + servers }, () => link({ latencySeconds: 1e-4 }));
      const pushes: CaseFlow[] = [];
      for (let worker = 0; worker < workers; worker++) {
        for (let server = 0; server < servers; server++) {
          pushes.push(flow([worker, workers + server], (3 * gigabit) / servers));
        }
      }
      const last = Math.max(...runFlows(build(), links, pushes));
      close(last, 2e-4 + Math.max(3, (3 * workers) / servers), `${workers} to ${servers}`);
    }
  });

  test(`${name}: servers on the workers' machines push like a ring, 2(n-1)M/(nB)`, () => {
    const machines = 6;
    const links = Array.from({ length: 2 * machines }, () => link());
    const pushes: CaseFlow[] = [];
    for (let from = 0; from < machines; from++) {
      for (let to = 0; to < machines; to++) {
        if (from !== to) pushes.push(flow([2 * from, 2 * to + 1], gigabit / machines));
      }
    }
    const push = Math.max(...runFlows(build(), links, pushes));
    close(2 * push, (2 * (machines - 1)) / machines, 'push and pull');
  });

  test(`${name}: a link that gets slower slows the flow on it at once`, () => {
    const changes: CaseChange[] = [{ seconds: 0.5, link: 0, bytesPerSecond: gigabit / 4 }];
    allClose(runFlows(build(), [link()], [flow([0], gigabit)], changes), [2.5]);
  });

  test(`${name}: a link that gets faster speeds the flow on it up at once`, () => {
    const changes: CaseChange[] = [{ seconds: 0.5, link: 0, bytesPerSecond: 4 * gigabit }];
    allClose(runFlows(build(), [link()], [flow([0], gigabit)], changes), [0.625]);
  });

  test(`${name}: a link of capacity 0 holds its flows until it gets some again`, () => {
    const changes: CaseChange[] = [
      { seconds: 0.25, link: 0, bytesPerSecond: 0 },
      { seconds: 3, link: 0, bytesPerSecond: gigabit }
    ];
    const flows = [flow([0, 1], gigabit), flow([1], gigabit)];
    // Shares until 0.25 s; then flow 1 alone, 0.875 left; then flow 0 alone again from 3 s on.
    allClose(runFlows(build(), [link(), link()], flows, changes), [3.875, 1.125]);
  });

  test(`${name}: a link that fails ends its flows and frees their share at once`, () => {
    const links = [link(), link()];
    const flows = [flow([0, 1], gigabit), flow([1], gigabit)];
    const [failed, survivor] = runFlows(build(), links, flows, [
      { seconds: 0.5, link: 0, fails: true }
    ]);
    assert.ok(Number.isNaN(failed));
    close(survivor!, 1.25, 'survivor');
  });
}

function link(part: Partial<CaseLink> = {}): CaseLink {
  return { bytesPerSecond: gigabit, latencySeconds: 0, fat: false, ...part };
}

function flow(route: readonly number[], bytes: number): CaseFlow {
  return { route, bytes, startSeconds: 0 };
}

/** The links and flows of a case; a SPLITDUPLEX link is one link for each direction. */
function translated({ links, routes, flows }: FlowCase): {
  links: CaseLink[];
  flows: CaseFlow[];
} {
  const ids: string[] = [];
  const caseLinks: CaseLink[] = [];
  for (const { id, bw, lat, policy } of links) {
    for (const name of policy === 'SPLITDUPLEX' ? [`${id}:UP`, `${id}:DOWN`] : [id]) {
      ids.push(name);
      caseLinks.push({ bytesPerSecond: bw, latencySeconds: lat, fat: policy === 'FATPIPE' });
    }
  }
  const caseFlows = flows.map(({ src, dst, size, start }): CaseFlow => {
    const route = routes.find(one => one.src === src && one.dst === dst)!;
    return { route: route.links.map(id => ids.indexOf(id)), bytes: size, startSeconds: start };
  });
  return { links: caseLinks, flows: caseFlows };
}

function close(actual: number, expected: number, what: string): void {
  const error = Math.abs(actual - expected) / expected;
  assert.ok(error <= 1e-9, `${what}: ${actual} s, expected ${expected} s`);
}

function allClose(actual: readonly number[], expected: readonly number[]): void {
  assert.is(actual.length, expected.length);
  expected.forEach((seconds, index) => {
    close(actual[index]!, seconds, `flow ${index}`);
  });
}

test.run();

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type NamedCase, readFlowFile } from '../../experiments/harness/flows/flow-file.ts';
import { Problems } from '../../experiments/harness/flows/problems.ts';
import { type CaseLink, runFlowCase } from '../../sim/flow-case.ts';
import { sharingLaw } from '../../sim/sharing-law.ts';

const test = suite('sharing laws');

type Ends = { readonly [flow: string]: { readonly status: string; readonly t: number } };
const truths: {
  readonly [law in 'rtt-weighted' | 'lv08']: { readonly [name: string]: Ends };
} = read('./simgrid-laws.json');

const cases = new Map<string, NamedCase>();
for (const file of ['./flow-cases.json', './link-changes.json']) {
  for (const one of readFlowFile(read(file), new Problems())) cases.set(one.name, one);
}

for (const name of ['rtt-weighted', 'lv08'] as const) {
  for (const [caseName, ends] of Object.entries(truths[name])) {
    test(`${name}: ${caseName} ends as SimGrid says`, () => {
      const law = sharingLaw(name);
      const flowCase = cases.get(caseName)!;
      const found = runFlowCase(flowCase, law.solver(), law);
      flowCase.flowIds.forEach((id, flow) => {
        const { status, t } = ends[id]!;
        const { status: is, seconds } = found[flow]!;
        assert.is(is, status, `flow ${id}`);
        const error = Math.abs((seconds ?? NaN) - t);
        assert.ok(error <= 1e-9 * t, `flow ${id}: ${seconds} s, SimGrid ${t} s`);
      });
    });
  }
}

/** Two flows of 100 bytes over a link of 100 bytes a second; the second is three times as far. */
function farAndNear(link: Partial<CaseLink> = {}) {
  const shared = { bytesPerSecond: 100, latencySeconds: 1, policy: 'shared' as const, ...link };
  const links = [shared, { ...shared, latencySeconds: 2 }];
  const flow = { bytes: 90, startSeconds: 0 };
  return {
    links,
    flows: [
      { ...flow, route: [0], startSeconds: 2 },
      { ...flow, route: [0, 1] }
    ]
  };
}

test('rtt-weighted: rates on a bottleneck are inverse to latencies', () => {
  const law = sharingLaw('rtt-weighted');
  const [near, far] = runFlowCase(farAndNear(), law.solver(), law);
  // Both share from 3 s on, as 3 to 1; the far one has 60 left at 4.2 s.
  assert.ok(Math.abs(near!.seconds! - 4.2) < 1e-12, `${near!.seconds}`);
  assert.ok(Math.abs(far!.seconds! - 4.8) < 1e-12, `${far!.seconds}`);
});

test('rtt-weighted: a change of latency changes the weights of flows under way', () => {
  const law = sharingLaw('rtt-weighted');
  const flows = farAndNear();
  const latency = { points: [[3.4, 0]] as const, period: null };
  const links = [flows.links[0]!, { ...flows.links[1]!, latency }];
  const [near, far] = runFlowCase({ ...flows, links }, law.solver(), law);
  // 60 and 80 are left at 3.4 s, and both are as far then.
  assert.ok(Math.abs(near!.seconds! - 4.6) < 1e-12, `${near!.seconds}`);
  assert.ok(Math.abs(far!.seconds! - 4.8) < 1e-12, `${far!.seconds}`);
});

test('lv08: a window bounds a flow over a long way', () => {
  const law = sharingLaw('lv08');
  const links = [{ bytesPerSecond: 1e9, latencySeconds: 0.1, policy: 'shared' as const }];
  const flows = [{ route: [0], bytes: 0.97 * 4_194_304, startSeconds: 0 }];
  const [end] = runFlowCase({ links, flows }, law.solver(), law);
  assert.ok(Math.abs(end!.seconds! - (1.301 + 0.2)) < 1e-12, `${end!.seconds}`);
});

function read(file: string) {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

test.run();

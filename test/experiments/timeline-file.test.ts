/** The file of trace events: what a viewer needs to show it right. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../core/config.ts';
import { buildFabric, type LinkedConfig } from '../../core/environment/network.ts';
import { nodeIds } from '../../core/node-id.ts';
import type { Row } from '../../core/record.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import { spansOfRun } from '../../experiments/harness/plots/spans.ts';
import { busyTrunks, trunksBetween } from '../../experiments/harness/plots/trunks.ts';
import { simulate } from '../../experiments/harness/simulate.ts';
import { type TraceEvent, traceEvents } from '../../experiments/harness/timeline-file.ts';
import { slacklineCommand } from './command.ts';
import { storeSmallRun } from './stored-run.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('timeline file');
const millisecond = 1e6;

/** A timing-only run in which all kinds of spans occur. */
const config = resolve({
  workers: 3,
  servers: 2,
  consistency: 'ssp:1',
  problem: { kind: 'timing', tensors: [50_000] },
  stopAt: { iterations: 6 },
  environment: {
    compute: 'exponential:4ms',
    network: 'star:1Gbps:100us',
    costs: { applyNanosPerElement: 5, encodeNanosPerElement: 2 }
  }
});

/** Its rows, or those of another. */
async function rowsOf(spansMax = Number.POSITIVE_INFINITY, run = config): Promise<readonly Row[]> {
  const learner = await createLearner(run, { backend: null });
  return (await simulate(run, { learner, spansMax })).rows;
}

test('what a node does never overlaps, and fills the iterations of a worker', async () => {
  const rows = await rowsOf();
  const spans = spansOfRun(rows);
  for (const row of rows) {
    if (row.kind !== 'iteration') continue;
    const own = spans.filter(
      ({ lane, from, to }) => lane === row.node && from >= row.started && to <= row.ended
    );
    const total = own.reduce((sum, { from, to }) => sum + to - from, 0);
    assert.is(total, row.ended - row.started, `${row.node} ${row.clock}`);
    const compute = own.filter(({ activity }) => activity === 'compute');
    assert.equal(
      compute.map(({ from, to }) => [from, to]),
      [[row.started, row.computed]]
    );
  }
  for (const lane of ['w0', 'w1', 'w2', 's0', 's1']) {
    const own = spans.filter(span => span.lane === lane);
    assert.ok(own.length > 0, lane);
    own.forEach(({ from }, i) => {
      if (i > 0) assert.ok(from >= own[i - 1]!.to, `${lane} does two things at ${from} ns`);
    });
  }
  const activities = new Set(spans.map(({ activity }) => activity));
  for (const activity of ['compute', 'communicate', 'wait', 'apply'] as const) {
    assert.ok(activities.has(activity), activity);
  }
});

test('a wait is where a worker is parked, exactly when all messages are told of', async () => {
  // One worker is slow: under BSP the others wait for it, and for nothing else.
  const config = resolve({
    workers: 2,
    servers: 1,
    consistency: 'bsp',
    problem: { kind: 'timing', tensors: [10] },
    stopAt: { iterations: 3 },
    environment: {
      compute: 'constant:10ms',
      stragglers: 'permanent:1:3',
      network: 'star:1Gbps:1ms'
    }
  });
  const learner = await createLearner(config, { backend: null });
  const { rows } = await simulate(config, { learner });
  const waits = spansOfRun(rows).filter(
    ({ lane, activity }) => lane === 'w0' && activity === 'wait'
  );
  assert.is(waits.length, 3);
  for (const { from, to } of waits) assert.is(to - from, 20 * millisecond);
});

test('what is not told of is outlined by the iteration, and still fills it', async () => {
  const rows = await rowsOf(10);
  const total = (list: readonly Row[]): number =>
    spansOfRun(list)
      .filter(({ lane }) => lane === 'w1')
      .reduce((sum, { from, to }) => sum + to - from, 0);
  assert.is(Math.round(total(rows)), Math.round(total(await rowsOf())));
});

test('events nest as a viewer needs: complete ones apart, asynchronous ones in pairs', async () => {
  const events = traceEvents({ config, rows: await rowsOf() });
  const ends = new Map<string, number>();
  const open = new Map<string, TraceEvent>();
  for (const event of events) {
    if (event.ph === 'X') {
      const track = `${event.pid} ${event.tid}`;
      assert.ok(event.ts! >= (ends.get(track) ?? 0) - 1e-3, `${track} at ${event.ts} us`);
      ends.set(track, event.ts! + event.dur!);
    } else if (event.ph === 'b') open.set(event.id!, event);
    else if (event.ph === 'e') {
      assert.ok(open.get(event.id!)!.ts! <= event.ts!);
      open.delete(event.id!);
    }
  }
  assert.is(open.size, 0);
  assert.ok(ends.size === 5, 'three workers and two servers');
  const counters = new Set(events.filter(({ ph }) => ph === 'C').map(({ name }) => name));
  assert.ok(counters.has('s0 down') && counters.has('w2 up'));
});

test('a fault stands in the lane of each node that it struck, beside what the node does', async () => {
  const config = resolve({
    workers: 2,
    servers: 1,
    consistency: 'bsp',
    problem: { kind: 'timing', tensors: [10] },
    stopAt: { iterations: 4 },
    environment: {
      compute: 'constant:10ms',
      network: 'star:1Gbps:1ms',
      faults: ['pause:w1:at=15ms:for=8ms']
    }
  });
  const learner = await createLearner(config, { backend: null });
  const { rows } = await simulate(config, { learner });
  const faults = spansOfRun(rows).filter(({ activity }) => activity === 'fault');
  assert.equal(faults, [
    {
      lane: 'w1',
      activity: 'fault',
      from: 15 * millisecond,
      to: 23 * millisecond,
      detail: 'pause w1'
    }
  ]);
  const events = traceEvents({ config, rows }).filter(({ name }) => name === 'pause w1');
  assert.equal(
    events.map(({ ph }) => ph),
    ['b', 'e']
  );
});

test('a simulated run tells how long each link was in use', async () => {
  for (const row of await rowsOf()) {
    if (row.kind !== 'link' || row.link.startsWith('c ')) continue;
    const [end, bytes] = [row.ends.at(-1)!, row.bytes.reduce((sum, count) => sum + count, 0)];
    // It takes as long at least as the bytes at full rate.
    const least = (bytes / row.bytesPerSecond!) * 1e9;
    assert.ok(least > 0 && row.busyNanos! >= least - 1e3, row.link);
    assert.ok(row.busyNanos! <= end, row.link);
  }
});

test('a message is in the lane of each link between switches that it crosses', async () => {
  const environment = { compute: 'constant:4ms', network: 'racks:2:1:1Gbps:100us' };
  const racks = resolve({ ...config, stopAt: { iterations: 2 }, environment });
  const rows = await rowsOf(Number.POSITIVE_INFINITY, racks);
  const trunks = busyTrunks([{ config: racks, rows }]);
  assert.ok(trunks.includes('rack0 up') && trunks.includes('rack1 down'), trunks.join());
  const spans = spansOfRun(rows, trunksBetween(racks, ['rack0 up']));
  const up = spans.filter(({ lane }) => lane === 'rack0 up');
  const fabric = buildFabric(racks.environment.network as LinkedConfig, nodeIds(racks));
  const hostOf = (node: string): number => fabric.hosts.indexOf(node);
  const link = fabric.links.findIndex(({ name }) => name === 'rack0 up');
  const crosses = rows.filter(
    row => row.kind === 'transfer' && fabric.route(hostOf(row.node), hostOf(row.to)).includes(link)
  );
  assert.ok(crosses.length > 0);
  assert.is(up.length, crosses.length);
  assert.ok(up.length < rows.filter(({ kind }) => kind === 'transfer').length);
  const events = traceEvents({ config: racks, rows });
  const tracks = events.filter(({ name }) => name === 'thread_name');
  const places = tracks.map(({ pid, tid }) => `${pid} ${tid}`);
  assert.is(new Set(places).size, places.length, 'each lane has a track of its own');
  assert.ok(tracks.some(({ args }) => args?.['name'] === 'rack1 down'));
});

test('a half-duplex link between switches has one lane, of both ways', async () => {
  const environment = {
    compute: 'constant:4ms',
    network: 'racks:2:1:1Gbps:100us',
    links: [{ link: 'rack0', duplex: 'half' }]
  };
  const racks = resolve({ ...config, stopAt: { iterations: 2 }, environment });
  const rows = await rowsOf(Number.POSITIVE_INFINITY, racks);
  assert.ok(busyTrunks([{ config: racks, rows }]).includes('rack0'));
  const spans = spansOfRun(rows, trunksBetween(racks, ['rack0']));
  const ways = new Set(
    spans.filter(({ lane }) => lane === 'rack0').map(({ detail }) => detail.split(' ')[0])
  );
  assert.ok(ways.has('push') && ways.has('answer'), [...ways].join());
});

test('the command writes the file beside the run, and says where', () =>
  inTemporaryFolder(async folder => {
    storeSmallRun(folder, 'abc');
    const { code, stdout, stderr } = await slacklineCommand(folder, 'timeline', 'abc');
    assert.is(code, 0, stderr);
    assert.is(stdout, 'abc/timeline.json\n');
    const { traceEvents: events } = JSON.parse(
      fs.readFileSync(path.join(folder, 'abc', 'timeline.json'), 'utf8')
    );
    assert.ok(events.length > 0);
    const missing = await slacklineCommand(folder, 'timeline', 'abd');
    assert.is(missing.code, 2);
    assert.match(
      missing.stderr,
      /^slackline: abd: no such folder; a run's is runs\/<name>\/<id>\n$/
    );
    const sweep = await slacklineCommand(folder, 'timeline', '.');
    assert.is(sweep.code, 2);
    assert.is(sweep.stderr, 'slackline: .: holds runs, and a timeline is of one: abc, say\n');
  }));

test.run();

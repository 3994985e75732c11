/** Predictions: the interval covers what it says, times and costs are those of the cluster. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quadratic } from '../../core/config/problem.ts';
import { exp } from '../../core/math.ts';
import { normalAt } from '../../core/random.ts';
import { planCells } from '../../experiments/harness/cells.ts';
import { clusterWarnings, onCluster, readCluster } from '../../experiments/harness/cluster-file.ts';
import { experiment } from '../../experiments/harness/experiment.ts';
import { predictNext } from '../../experiments/harness/predict/interval.ts';
import { PredictionsDocumentSchema } from '../../experiments/harness/predict/predictions-document.ts';
import { slacklineCommand } from './command.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('predict');

/** How often the next of so many log-normal values lies in the interval made of the others. */
function coverageOf(count: number, sigma: number, errorSigma: number, stated: number | null) {
  const trials = 4000;
  let inside = 0;
  for (let trial = 0; trial < trials; trial++) {
    const draw = (index: number): number => exp(sigma * normalAt(77, trial, index, 1, count));
    const values = Array.from({ length: count }, (_, index) => draw(index));
    const next = draw(count) * exp(errorSigma * normalAt(78, trial, 0, 2, count));
    const { low, high } = predictNext(values, stated);
    if (low !== null && high !== null && next >= low && next <= high) inside += 1;
  }
  return inside / trials;
}

test('nine of ten runs lie in the interval, of few runs and of many', () => {
  // 4000 trials: three standard deviations of the share are 0.014.
  for (const count of [3, 8, 40]) {
    const share = coverageOf(count, 0.3, 0, null);
    assert.ok(Math.abs(share - 0.9) < 0.016, `${count} runs: ${share}`);
  }
});

test('the error of the model is part of the interval, and is missed when it is left out', () => {
  const sigma = 0.1;
  const known = coverageOf(20, 0.05, sigma, 0.6745 * sigma);
  assert.ok(Math.abs(known - 0.9) < 0.02, `${known}`);
  const unknown = coverageOf(20, 0.05, sigma, null);
  assert.ok(unknown < 0.7, `${unknown}`);
});

test('one run without a known error has no interval', () => {
  const { median, low, high } = predictNext([3], null);
  assert.ok(Math.abs(median - 3) < 1e-12);
  assert.is(low, null);
  assert.is(high, null);
  assert.ok((predictNext([3], 0.02).low ?? 3) < 3);
});

test('time and cost of a run are those of the cluster that is described', () =>
  inTemporaryFolder(async folder => {
    write(folder, 'slow.json', cluster({ bandwidth: '1Gbps', workerHour: 36, serverHour: 18 }));
    write(folder, 'fast.json', cluster({ bandwidth: '10Gbps', workerHour: 72, serverHour: 18 }));
    fs.writeFileSync(path.join(folder, 'a.ts'), experimentFile);
    const { code, stdout, stderr } = await slacklineCommand(
      folder,
      ...['predict', 'a.ts', '--cluster', 'slow.json', '--cluster', 'fast.json', '--json']
    );
    assert.is(code, 0, stderr);
    const document = PredictionsDocumentSchema.parse(JSON.parse(stdout));
    assert.is(document.currency, 'EUR');
    const [slow, fast] = document.predictions;
    assert.ok(slow !== undefined && fast !== undefined);
    assert.is(slow.runs, 8);
    assert.is(slow.measure, 'time');
    // 20 iterations of 10 ms, each with params of 40 MB that came and a gradient that goes.
    const transfer = (bytesPerSecond: number): number => (40 * 4e7) / bytesPerSecond;
    close(slow.seconds?.median, 0.2 + transfer(125e6), 0.01);
    close(fast.seconds?.median, 0.2 + transfer(1250e6), 0.02);
    const perSecond = (36 + 18) / 3600;
    close(slow.cost?.median, (slow.seconds?.median ?? 0) * perSecond, 1e-9);
    close(fast.cost?.median, ((fast.seconds?.median ?? 0) * (72 + 18)) / 3600, 1e-9);
    assert.is(slow.modelErrorKnown, true);
    // Runs without chance differ by nothing: the interval is the error of the model.
    close(slow.seconds?.high, (slow.seconds?.median ?? 0) * exp((1.645 * 0.02) / 0.6745), 1e-6);
    const text = await slacklineCommand(folder, 'predict', 'a.ts', '--cluster', 'slow.json');
    assert.match(text.stdout, /^time +interval +cost +interval +sent$/m);
  }));

test('a cluster file that is none, or has another currency, is told of before anything runs', () =>
  inTemporaryFolder(async folder => {
    fs.writeFileSync(path.join(folder, 'a.ts'), experimentFile);
    const predict = (...words: string[]) => slacklineCommand(folder, 'predict', 'a.ts', ...words);
    const without = await predict();
    assert.is(without.code, 2);
    assert.match(without.stderr, /required option '--cluster <file>' not specified/);
    const missing = await predict('--cluster', 'no.json');
    assert.is(missing.code, 2);
    assert.match(missing.stderr, /^slackline: no\.json: no such file; `slackline calibrate/);
    const euros = cluster({ bandwidth: '1Gbps', workerHour: 1, serverHour: 1 });
    write(folder, 'euros.json', euros);
    write(folder, 'dollars.json', { ...euros, prices: { ...euros.prices, currency: 'USD' } });
    const mixed = await predict('--cluster', 'euros.json', '--cluster', 'dollars.json');
    assert.is(mixed.code, 2);
    assert.match(mixed.stderr, /dollars\.json: prices\.currency: USD, where euros\.json has EUR/);
    write(folder, 'negative.json', { ...euros, prices: { ...euros.prices, workerHour: -1 } });
    const negative = await predict('--cluster', 'negative.json');
    assert.is(negative.code, 2);
    assert.match(negative.stderr, /prices\.workerHour/);
  }));

test('files that an experiment names are read before it is predicted', () =>
  inTemporaryFolder(async folder => {
    const traced = experimentFile.replace("'constant:10ms'", "'trace:times.csv'");
    fs.writeFileSync(path.join(folder, 'a.ts'), traced);
    write(folder, 'c.json', cluster({ bandwidth: '100Gbps', workerHour: 1, serverHour: 1 }));
    const words = ['predict', 'a.ts', '--cluster', 'c.json', '--json', '--seeds', '1'];
    const without = await slacklineCommand(folder, ...words);
    assert.is(without.stderr, 'slackline: trace times.csv: no such file\n');
    fs.writeFileSync(path.join(folder, 'times.csv'), 'iteration,ms\r\n0,20\r\n1,40\r\n');
    const { code, stdout, stderr } = await slacklineCommand(folder, ...words);
    assert.is(code, 0, stderr);
    const [prediction] = PredictionsDocumentSchema.parse(JSON.parse(stdout)).predictions;
    // 20 iterations of 20 and 40 ms in turn, and 40 times 40 MB at 12.5 GB/s.
    close(prediction?.seconds?.median, 0.6 + (40 * 4e7) / 12.5e9, 0.01);
  }));

test('what gives way to a cluster is a warning, and what does not fit it is told of at once', () =>
  inTemporaryFolder(folder => {
    const planOf = (fields: object) => {
      const base = {
        problem: quadratic({ dimension: 4 }),
        workers: 2,
        servers: 1,
        compressor: 'topk:0.1',
        stopAt: { iterations: 1 },
        ...fields
      };
      return planCells(experiment({ question: 'How long?', base, seeds: 1 }));
    };
    const plain = cluster({ bandwidth: '1Gbps', workerHour: 1, serverHour: 1 });
    const read = (fields: object) => {
      write(folder, 'c.json', { ...plain, ...fields });
      return readCluster(path.join(folder, 'c.json'));
    };
    const costs = { messageNanos: 5 };
    assert.equal(
      clusterWarnings(
        planOf({ environment: { network: 'racks:2:4:1Gbps:50us', costs } }),
        read({ compute: { problem: 'mlp', backend: null, law: 'constant:1ms' } }),
        'c.json'
      ),
      [
        'warning: environment.network: racks gives way to the star of hosts of c.json',
        'warning: environment.costs: give way to those of c.json',
        'warning: problem: gradients take as long as those of mlp, which c.json has',
        'warning: compressor: topk:0.1 takes no time, for c.json has none of it under codecs'
      ]
    );
    const fits = read({ codecs: { topk: { encode: 1, decode: 1 } } });
    assert.equal(clusterWarnings(planOf({}), fits, 'c.json'), []);
    const hosts = { w9: { bandwidth: '1Mbps' } };
    const other = read({ links: { ...plain.links, hosts } });
    assert.throws(
      () => onCluster(planOf({}), other, 'c.json'),
      /^c\.json: links\.hosts\.w9: no host of this run has that name$/
    );
    const [racked] = clusterWarnings(
      planOf({ environment: { network: 'fat-tree:4:1Gbps:50us' } }),
      read({ network: 'racks:2:4:1Gbps:50us', links: { all: { burst: '64kB' } } }),
      'c.json'
    );
    assert.is(racked, 'warning: environment.network: fat-tree gives way to the racks of c.json');
  }));

const swept = () =>
  planCells(
    experiment({
      question: 'How long?',
      base: {
        problem: quadratic({ dimension: 4 }),
        workers: 2,
        servers: 1,
        stopAt: { iterations: 1 }
      },
      sweep: { workers: [2, 4] },
      seeds: 1
    })
  );

test('a cell of a sweep takes the hosts that it has, and one that no cell has is an error', () =>
  inTemporaryFolder(folder => {
    const plain = cluster({ bandwidth: '1Gbps', workerHour: 1, serverHour: 1 });
    const placed = (hosts: object) => {
      write(folder, 'c.json', { ...plain, links: { ...plain.links, hosts } });
      return onCluster(swept(), readCluster(path.join(folder, 'c.json')), 'c.json');
    };
    const { cells } = placed({ w0: { latency: '1ms' }, w3: { bandwidth: '1Mbps', burst: '1kB' } });
    const named = cells.map(({ configs }) => {
      const { network, flows } = configs[0]!.environment;
      assert.is(network.kind, 'star');
      const hosts = network.kind === 'star' ? Object.keys(network.hosts) : [];
      return [hosts, Object.keys(flows.chunks.burstOf)];
    });
    assert.equal(named, [
      [['w0'], []],
      [['w0', 'w3'], ['w3']]
    ]);
    assert.throws(
      () => placed({ w4: { latency: '1ms' } }),
      /^c\.json: links\.hosts\.w4: no host of any cell has that name$/
    );
  }));

test('racks and graphs of a cluster are what it predicts of, and what does not fit is told of at once', () =>
  inTemporaryFolder(async folder => {
    const plain = cluster({ bandwidth: '1Gbps', workerHour: 1, serverHour: 1 });
    const links = { all: { burst: '64kB' } };
    // Each host is a rack, with an uplink a tenth as fast.
    write(folder, 'racks.json', { ...plain, links, network: 'racks:1:10:10Gbps:10us' });
    const ends = ['w0', 's0'].map(name => ({ name, from: name, to: 'hub', latency: '5us' }));
    write(folder, 'net.json', {
      hosts: ['w0', 's0'],
      switches: ['hub'],
      links: ends.map((link, i) => ({ ...link, bandwidth: ['1Gbps', '10Gbps'][i] }))
    });
    write(folder, 'graph.json', { ...plain, links, network: 'graph:net.json' });
    fs.writeFileSync(path.join(folder, 'a.ts'), experimentFile);
    const { code, stdout, stderr } = await slacklineCommand(
      folder,
      ...['predict', 'a.ts', '--cluster', 'racks.json', '--cluster', 'graph.json'],
      ...['--seeds', '1', '--json']
    );
    assert.is(code, 0, stderr);
    assert.is(stderr.includes('warning'), false, stderr);
    for (const { seconds } of PredictionsDocumentSchema.parse(JSON.parse(stdout)).predictions) {
      close(seconds?.median, 0.2 + (40 * 4e7) / 125e6, 0.02);
    }
    const placed = (network: unknown) => () => {
      write(folder, 'c.json', { ...plain, links, network });
      return onCluster(swept(), readCluster(path.join(folder, 'c.json')), 'c.json');
    };
    assert.throws(
      placed('fat-tree:2:1Gbps:10us'),
      /^c\.json: network\.k: a fat-tree of k = 2 .* k = 4 is right\n\(in the cell workers=2\)$/
    );
    const wan = (eu: string) => ({
      kind: 'wan',
      regions: ['eu', 'us'],
      latency: [
        ['1ms', '40ms'],
        ['40ms', '1ms']
      ],
      bandwidth: [
        ['10Gbps', '1Gbps'],
        ['1Gbps', '10Gbps']
      ],
      nodes: { eu: [eu, 's0'] }
    });
    const regions = placed(wan('w0-w3'))().cells.map(({ configs }) => {
      const { network } = configs[0]!.environment;
      return network.kind === 'wan' ? network.nodes : null;
    });
    assert.equal(regions, [{ eu: ['w0', 'w1', 's0'] }, { eu: ['w0-w3', 's0'] }]);
    assert.throws(placed(wan('w0-w4')), /^c\.json: network\.nodes\.eu: w4 is no node of any cell$/);
    write(folder, 'empty.json', { switches: [] });
    assert.throws(
      placed(`graph:${path.join(folder, 'empty.json')}`),
      /^network .*empty\.json: not a network/
    );
  }));

const root = fileURLToPath(new URL('../..', import.meta.url));

const experimentFile = `
  import { experiment } from '${root}experiments/harness/experiment.ts';
  export default experiment({
    question: 'How long?',
    base: {
      problem: { kind: 'timing', tensors: [10_000_000] },
      workers: 1,
      servers: 1,
      environment: { compute: 'constant:10ms' },
      stopAt: { iterations: 20 }
    },
    seeds: 1
  });`;

function cluster(options: { bandwidth: string; workerHour: number; serverHour: number }) {
  const { bandwidth, workerHour, serverHour } = options;
  return {
    version: 2,
    kind: 'cluster',
    machine: { platform: 'linux x64', processor: 'any', cores: 4, memoryBytes: 1e9 },
    links: { all: { bandwidth, latency: '10us', burst: '64kB' } },
    cpu: { messageNanos: 0, byteNanos: 0 },
    codecs: {},
    applyNanosPerElement: 0,
    cores: 4,
    lateness: '0ns',
    compute: null,
    prices: { currency: 'EUR', workerHour, serverHour },
    fidelity: { errorMedian: 0.02 }
  };
}

function write(folder: string, name: string, value: unknown): void {
  fs.writeFileSync(path.join(folder, name), JSON.stringify(value));
}

function close(value: number | undefined | null, expected: number, relative: number): void {
  const off = Math.abs((value ?? Number.NaN) / expected - 1);
  assert.ok(off <= relative, `${value}, expected ${expected}`);
}

test.run();

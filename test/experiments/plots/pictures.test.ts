import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plotsOf } from '../../../experiments/harness/plots/catalogue.ts';
import { dress, inks } from '../../../experiments/harness/plots/dress.ts';
import { fontFiles, readLetterWidths } from '../../../experiments/harness/plots/font.ts';
import { sequentialColours } from '../../../experiments/harness/plots/palette.ts';
import type { Plot } from '../../../experiments/harness/plots/plot.ts';
import { drawPng } from '../../../experiments/harness/plots/png.ts';
import { drawSvg } from '../../../experiments/harness/plots/svg.ts';
import { writePlots } from '../../../experiments/harness/plots/write-plots.ts';
import { goldenDifference } from './golden.ts';
import { sampleRun, sampleSweep } from './sample-runs.ts';
import { assertWellFormed } from './well-formed.ts';

const test = suite('the pictures of plots');

const simulated = sampleSweep(2, { gradientsMax: 1200, accuracy: 0.7 });
const real = sampleSweep(1, { gradientsMax: 1200, accuracy: 0.7, driver: 'real' });
const both = plotsOf([...simulated, ...real]);
const names = both.map(({ name }) => name);

test('runs of both drivers fill every plot there is', () => {
  assert.equal(names, [
    'accuracy-against-time',
    'time-to-target',
    'accuracy-against-gradients',
    'loss-against-time',
    'loss-against-gradients',
    'simulated-against-real',
    'staleness-histogram',
    'time-shares',
    'timeline',
    'link-utilisation',
    'server-load',
    'topology'
  ]);
});

test('runs that measured little have fewer plots, and no runs none', () => {
  const bare = simulated.map(run => ({
    ...run,
    rows: run.rows.filter(row => row.kind === 'iteration' || row.kind === 'outcome')
  }));
  assert.equal(
    plotsOf(bare).map(({ name }) => name),
    ['time-to-target', 'time-shares', 'timeline', 'topology']
  );
  assert.equal(plotsOf([]), []);
});

test('every specification is the golden one', () => {
  // A sweep so small that a change of it can be read.
  const few = [-1, null].flatMap(bound =>
    [1, 2].map(seed => sampleRun({ bound, seed, workers: 2, gradientsMax: 256, accuracy: 0.3 }))
  );
  const reals = [-1, null].map(bound =>
    sampleRun({ bound, seed: 1, workers: 2, gradientsMax: 256, accuracy: 0.3, driver: 'real' })
  );
  const differences = plotsOf([...few, ...reals]).flatMap(plot => {
    const spec = dress(thinned(plot), { theme: 'light', width: 960, titled: true });
    return goldenDifference(plot.name, spec) ?? [];
  });
  assert.equal(differences, []);
});

for (const width of [1200, 400]) {
  test(`every plot is a well-formed SVG that fits ${width} pixels`, async () => {
    for (const plot of both) {
      const theme = width === 400 ? 'dark' : 'light';
      const svg = await drawSvg(plot, { theme, width, titled: true });
      assertWellFormed(svg);
      const drawn = Number(/<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1]);
      assert.ok(drawn <= width, `${plot.name} is ${drawn} pixels wide`);
      const most = Math.min(width, plot.widthMax ?? width);
      assert.ok(drawn > most * 0.9, `${plot.name} fills only ${drawn} of ${most} pixels`);
      assert.not.match(svg, /NaN|undefined|Infinity/);
    }
  });
}

test('a loss that falls by orders of magnitude has a logarithmic axis', async () => {
  const steep = simulated.map(run => ({
    ...run,
    rows: run.rows.map(row => (row.kind === 'evaluation' ? { ...row, loss: row.loss ** 8 } : row))
  }));
  const plot = plotsOf(steep).find(({ name }) => name === 'loss-against-time');
  if (plot === undefined) throw new Error('there is no curve of the loss');
  assert.match(JSON.stringify(plot.view), /"type":"log"/);
  assertWellFormed(await drawSvg(plot, { theme: 'light', width: 800, titled: true }));
});

test('one run that only measured time, of one cell without a name, has its plots', async () => {
  const run = sampleRun({ bound: 4, seed: 1, workers: 40, gradientsMax: 640, accuracy: null });
  const rows = run.rows.filter(({ kind }) => kind !== 'evaluation');
  const plots = plotsOf([{ ...run, rows, cell: { labels: {} } }]);
  assert.equal(
    plots.map(({ name }) => name),
    [
      'staleness-histogram',
      'time-shares',
      'timeline',
      'link-utilisation',
      'server-load',
      'topology'
    ]
  );
  for (const plot of plots) {
    assertWellFormed(await drawSvg(plot, { theme: 'dark', width: 400, titled: true }));
  }
});

test('a PNG has text, in twice the pixels of its SVG', async () => {
  const plot = plotNamed('time-to-target');
  const svg = await drawSvg(plot, { theme: 'light', width: 400, titled: true });
  const png = Buffer.from(await drawPng(svg, 'light'));
  assert.is(png.toString('latin1', 1, 4), 'PNG');
  assert.is(png.readUInt32BE(16), 800);
  const blank = await drawPng(svg.replace(/<text[^>]*>[^<]*<\/text>/g, ''), 'light');
  assert.ok(blank.length < png.length * 0.9, 'letters have left no trace in the picture');
});

test('titles name the first and the last', () => {
  assert.match(plotNamed('accuracy-against-time').title, /^ASP is first at 70.% accuracy, after/);
  assert.match(plotNamed('time-to-target').title, /BSP takes [\d.]+.times as long as ASP/);
  assert.match(plotNamed('simulated-against-real').title, /^Real runs take 1\.\d+.times the simul/);
});

test('panels that reach far apart have an axis of time each, and their firsts in the title', () => {
  const sweep = (network: string, workers: number) =>
    [-1, null].map(bound =>
      sampleRun({ bound, seed: 1, workers, gradientsMax: 640, accuracy: 0.5, labels: { network } })
    );
  const far = plotsOf([...sweep('slow', 1), ...sweep('fast', 16)]);
  const curve = far.find(({ name }) => name === 'accuracy-against-time');
  assert.equal(curve?.panels, ['network: slow', 'network: fast']);
  assert.is(curve?.ownScale, 'x');
  assert.match(curve?.title ?? '', /^(First at|\w+ is first at) 50.%.* \(slow\), .* \(fast\)$/);
  const near = plotsOf([...sweep('slow', 8), ...sweep('fast', 8)]);
  assert.is(near.find(({ name }) => name === 'accuracy-against-time')?.ownScale, null);
});

test('a run that never reached its target is drawn as censored, and counted as late', () => {
  const plots = plotsOf([
    ...[1, 2].map(seed => sampleRun({ bound: -1, seed, gradientsMax: 128 })),
    ...[1, 2].map(seed => sampleRun({ bound: null, seed }))
  ]);
  const plot = plots.find(({ name }) => name === 'time-to-target');
  assert.is(plot?.data.filter(({ what }) => what === 'censored').length, 2);
  assert.is(plot?.data.filter(({ what }) => what === 'median').length, 1);
  assert.match(plot?.caption ?? '', /Open triangle: .*\(2 runs\)/);
  const curve = plots.find(({ name }) => name === 'accuracy-against-time');
  assert.match(curve?.title ?? '', /^ASP is first .*; BSP does not reach it$/);
});

test('plots are written as specification, SVG and PNG in both themes, and stale ones removed', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'slackline-plots-'));
  fs.writeFileSync(path.join(folder, 'old-plot.dark.svg'), '<svg/>');
  fs.writeFileSync(path.join(folder, 'notes.txt'), 'mine');
  await writePlots([plotNamed('server-load')], folder);
  assert.equal(fs.readdirSync(folder).sort(), [
    'notes.txt',
    'server-load.dark.png',
    'server-load.dark.svg',
    'server-load.png',
    'server-load.svg',
    'server-load.vl.json'
  ]);
  const spec = JSON.parse(fs.readFileSync(path.join(folder, 'server-load.vl.json'), 'utf8'));
  assert.match(spec.$schema, /vega-lite\/v6/);
  fs.rmSync(folder, { recursive: true });
});

test('every step of the ordered colours stands out from the page', () => {
  for (const theme of ['light', 'dark'] as const) {
    for (const colour of sequentialColours(12, theme)) {
      const contrast = contrastOf(colour, inks[theme].paper);
      assert.ok(contrast > 1.8, `${colour} on ${theme} has a contrast of ${contrast.toFixed(2)}`);
    }
  }
});

test('letters are as wide as the font says', () => {
  const [regular, bold] = fontFiles.map(readLetterWidths);
  assert.is(regular?.widthOf('M'), 1767 / 2048);
  assert.is(regular?.widthOf('ii'), (2 * 569) / 2048);
  assert.is(bold?.widthOf('M'), 2038 / 2048);
});

// So many rows that a difference of two files can be read.
function thinned(plot: Plot): Plot {
  const step = Math.ceil(plot.data.length / 24);
  return { ...plot, data: plot.data.filter((_, row) => row % step === 0) };
}

// WCAG 2.2, relative luminance and contrast ratio.
function contrastOf(one: string, other: string): number {
  const [brighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((brighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const parts = colour.startsWith('#')
    ? [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))
    : (colour.match(/\d+/g) ?? []).map(Number);
  const [red = 0, green = 0, blue = 0] = parts.map(part => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function plotNamed(name: string): Plot {
  const plot = both.find(plot => plot.name === name);
  if (plot === undefined) throw new Error(`there is no plot ${name}`);
  return plot;
}

test.run();

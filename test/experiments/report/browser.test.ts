import * as fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drawReport } from '../../../experiments/harness/report.ts';
import { unless } from '../../skip.ts';
import { sampleSweep } from '../plots/sample-runs.ts';
import { chromium } from './chromium.ts';
import { sampleFolder } from './sample-folder.ts';

const report = suite('a report in a browser');
const inBrowser = unless(report, chromium === null ? 'Chromium is not installed' : null);

/** Lines of the accuracy plot, in the order of the legend. */
const lines = '[data-plot="accuracy-against-time"] .mark-line path';
const labels = '[data-plot="accuracy-against-time"] .role-legend-label text';

let folder = '';
let browser: Browser;
let page: Page;
const requests: string[] = [];
const complaints: string[] = [];

report.before(async () => {
  if (chromium === null) return;
  folder = sampleFolder([
    ...sampleSweep(2, { gradientsMax: 1000, accuracy: 0.7 }),
    ...sampleSweep(1, { gradientsMax: 1000, accuracy: 0.7, driver: 'real' })
  ]);
  const file = await drawReport(folder);
  browser = await playwright.launch({ executablePath: chromium, args: ['--no-sandbox'] });
  page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: 'light' });
  page.on('request', request => requests.push(request.url()));
  page.on('console', message => complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(error.message));
  await page.goto(pathToFileURL(file).href);
  await drawn();
});

report.after(async () => {
  await browser?.close();
  if (folder !== '') fs.rmSync(folder, { recursive: true });
});

inBrowser('opens from the disk, asks for nothing else, and has nothing to complain of', () => {
  assert.is(requests.filter(url => !url.startsWith('data:')).length, 1);
  assert.match(requests[0] ?? '', /^file:.*report\.html$/);
  assert.equal(complaints, []);
});

inBrowser('shows the question, the answers and every plot', async () => {
  assert.match((await page.textContent('h1')) ?? '', /^How far can the bound be loosened/);
  assert.is(await page.locator('.verdict.agrees').count(), 2);
  assert.is(await page.locator('figure').count(), 12);
  assert.is(await page.locator('figure .chart-wrapper > svg').count(), 12);
  assert.is(await page.locator('.problem').count(), 0);
});

inBrowser('has one row a cell in its tables, with the median that was measured', async () => {
  const rows = await page.locator('table[data-driver="sim"] tbody tr').allInnerTexts();
  assert.equal(
    rows.map(row => row.split(/\s/)[0]),
    ['BSP', 'SSP(1)', 'SSP(2)', 'SSP(4)', 'SSP(8)', 'ASP']
  );
  const seconds = rows.map(row => Number(row.split(/\s+/)[1]));
  assert.ok((seconds[0] ?? 0) > (seconds[5] ?? 0), 'BSP takes longer than ASP');
  assert.is(await page.locator('table[data-driver="real"] tbody tr').count(), 6);
});

inBrowser('a click on a legend entry dims the lines of the other series', async () => {
  assert.is(await page.locator(lines).count(), 12);
  assert.equal([...new Set(await opacities())], [1]);
  await clickLegend('SSP(4)');
  await page.waitForFunction(
    `[...document.querySelectorAll('${lines}')].some(line => line.getAttribute('opacity') < 0.5)`
  );
  const picked = await opacities();
  assert.is(picked.filter(opacity => opacity === 1).length, 2, 'simulated and real of one series');
  assert.is(picked.filter(opacity => opacity < 0.5).length, 10);
});

inBrowser('follows the theme and the width of the window', async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 400, height: 900 });
  await page.waitForFunction('Number(document.documentElement.dataset.drawn) < 400');
  await drawn();
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  );
  assert.is(overflow, 0, 'the page does not scroll sideways');
  const widths = await page
    .locator('.chart-wrapper > svg')
    .evaluateAll(pictures => pictures.map(picture => Number(picture.getAttribute('width'))));
  assert.ok(Math.max(...widths) <= 400, `a plot is ${Math.max(...widths)} pixels wide`);
  const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
  const plot = page.locator(
    '[data-plot="accuracy-against-time"] svg rect.background, svg path.background'
  );
  assert.is(paper, 'rgb(20, 23, 28)');
  assert.ok((await plot.count()) > 0);
});

async function drawn(): Promise<void> {
  await page.waitForFunction('document.documentElement.dataset.drawn !== undefined');
}

async function opacities(): Promise<number[]> {
  const texts = await page
    .locator(lines)
    .evaluateAll(paths => paths.map(path => path.getAttribute('opacity') ?? '1'));
  return texts.map(Number);
}

// By the mouse and not by the element: a legend that is dead lets the pointer through, and a click
// on its element would wait for ever.
async function clickLegend(label: string): Promise<void> {
  const entry = page.locator(labels, { hasText: label }).first();
  await entry.scrollIntoViewIfNeeded();
  const box = await entry.boundingBox();
  if (box === null) throw new Error(`the legend has no entry ${label}`);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

report.run();

/** Plots as files: what to open in an editor, put into a paper, or show on a dark slide. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { dress } from './dress.ts';
import type { Theme } from './palette.ts';
import type { Plot } from './plot.ts';
import { drawPng } from './png.ts';
import { drawSvg } from './svg.ts';

/** Pixels of a picture in a file; of its PNG twice as many. */
const pictureWidth = 960;

const themes: readonly Theme[] = ['light', 'dark'];

/**
 * Writes each plot into the folder as `<name>.vl.json`, `<name>.svg`, `<name>.png`, and in dark as
 * `<name>.dark.svg`, `<name>.dark.png`. Pictures of plots that are not among these are removed.
 */
export async function writePlots(plots: readonly Plot[], folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const drawings: Promise<void>[] = [];
  for (const plot of plots) {
    const base = path.join(folder, plot.name);
    const spec = dress(plot, { theme: 'light', width: pictureWidth, titled: true });
    fs.writeFileSync(`${base}.vl.json`, `${JSON.stringify(spec, null, 1)}\n`);
    for (const theme of themes) {
      const suffix = theme === 'light' ? '' : `.${theme}`;
      const svg = await drawSvg(plot, { theme, width: pictureWidth, titled: true });
      fs.writeFileSync(`${base}${suffix}.svg`, `${svg}\n`);
      drawings.push(writePng(svg, theme, `${base}${suffix}.png`));
    }
  }
  await Promise.all(drawings);
  removeOthers(plots, folder);
}

async function writePng(svg: string, theme: Theme, file: string): Promise<void> {
  fs.writeFileSync(file, await drawPng(svg, theme));
}

// What an earlier sweep had a plot for, and this one has not.
function removeOthers(plots: readonly Plot[], folder: string): void {
  const names = new Set(plots.map(({ name }) => name));
  for (const file of fs.readdirSync(folder)) {
    const name = /^([a-z-]+)(\.dark)?\.(vl\.json|svg|png)$/.exec(file)?.[1];
    if (name !== undefined && !names.has(name)) fs.rmSync(path.join(folder, file));
  }
}

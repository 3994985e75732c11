/** Plots as SVG, by Vega without a browser or a canvas. */
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { type Dress, dress } from './dress.ts';
import { fontFiles, readLetterWidths } from './font.ts';
import type { Plot } from './plot.ts';

/** The plot as SVG. Throws on a specification that Vega-Lite warns of: a plot has none. */
export async function drawSvg(plot: Plot, clothes: Dress): Promise<string> {
  measureLetters();
  const warnings: string[] = [];
  const logger = vega.logger(vega.Warn);
  logger.warn = (...parts: readonly unknown[]) => {
    warnings.push(parts.join(' '));
    return logger;
  };
  // The one place where JSON becomes Vega-Lite's type, which compile checks by itself.
  const spec = compile(dress(plot, clothes) as unknown as TopLevelSpec, { logger }).spec;
  if (warnings.length > 0) throw new Error(`plot ${plot.name}: ${warnings.join('; ')}`);
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logger });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

let measures = false;

// Vega has one measure of text a process, and a way to replace it that its types leave out.
function measureLetters(): void {
  if (measures) return;
  const textMetrics: unknown = Reflect.get(vega, 'textMetrics');
  if (typeof textMetrics !== 'object' || textMetrics === null) {
    throw new Error('this version of vega has no textMetrics to replace');
  }
  const [regular, bold] = fontFiles.map(readLetterWidths);
  Reflect.set(textMetrics, 'width', (item: TextItem, text: unknown): number => {
    const widths = item.fontWeight === 'bold' || Number(item.fontWeight) > 500 ? bold : regular;
    return (widths?.widthOf(String(text ?? '').trim()) ?? 0) * (item.fontSize ?? 11);
  });
  measures = true;
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

/** Plots for a notebook: Vega-Lite for those that draw it, and a picture for all others. */
import { dress } from './dress.ts';
import type { Plot } from './plot.ts';
import { drawSvg } from './svg.ts';

/** The width of a notebook's column on a usual screen. */
const width = 860;

/** What a cell shows, by MIME type. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** The plot as Vega-Lite (interactive in Jupyter Lab), as SVG (everywhere), and in words. */
export async function notebookPicture(plot: Plot): Promise<MimeBundle> {
  const clothes = { theme: 'light', width, titled: true } as const;
  return {
    'application/vnd.vegalite.v6+json': dress(plot, clothes),
    'image/svg+xml': await drawSvg(plot, clothes),
    'text/plain': `${plot.title}. ${plot.caption}`
  };
}

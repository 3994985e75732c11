/**
 * What runs in the page of a report: dresses its plots for the width and the theme at hand, draws
 * them, and does so again when either changes. Bundled with Vega by `bundle.ts`.
 */
import embed from 'vega-embed';
import { dress } from '../plots/dress.ts';
import type { Plot } from '../plots/plot.ts';

/** Widths that differ by less are not worth a new drawing. */
const widthStepPixels = 8;
/** A plot narrower than this can't be read: its box scrolls instead. */
const widthMin = 260;

/** The part of the DOM that is used; the project is compiled without its types. */
interface Page {
  getElementById(id: string): { readonly textContent: string | null } | null;
  querySelector(selector: string): Box | null;
  readonly documentElement: { readonly dataset: Record<string, string> };
}
interface Box {
  readonly clientWidth: number;
  readonly classList: { add(name: string): void };
  textContent: string | null;
}
interface Media {
  readonly matches: boolean;
  addEventListener(kind: 'change', listener: () => void): void;
}
interface Surroundings {
  readonly document: Page;
  matchMedia(query: string): Media;
  addEventListener(kind: 'resize', listener: () => void): void;
  requestAnimationFrame(callback: () => void): number;
}

const { document, matchMedia, addEventListener, requestAnimationFrame } =
  boundTo<Surroundings>(globalThis);
const darkness = matchMedia('(prefers-color-scheme: dark)');
const plots: readonly Plot[] = JSON.parse(document.getElementById('plots')?.textContent ?? '[]');
let drawn = { width: 0, dark: false };
let drawing = false;

void drawAll();
addEventListener('resize', () => requestAnimationFrame(() => void drawAll()));
darkness.addEventListener('change', () => void drawAll());

// One drawing at a time; a change during it is seen when it ends.
async function drawAll(): Promise<void> {
  if (drawing) return;
  drawing = true;
  for (;;) {
    const wanted = { width: widthOfPage(), dark: darkness.matches };
    const alike = Math.abs(wanted.width - drawn.width) < widthStepPixels;
    if (alike && wanted.dark === drawn.dark) break;
    for (const plot of plots) await draw(plot, wanted.width, wanted.dark);
    drawn = wanted;
  }
  drawing = false;
  document.documentElement.dataset['drawn'] = String(drawn.width);
}

function widthOfPage(): number {
  const box = document.querySelector('.plot');
  return Math.max(widthMin, box?.clientWidth ?? widthMin);
}

async function draw(plot: Plot, width: number, dark: boolean): Promise<void> {
  const selector = `[data-plot="${plot.name}"]`;
  const box = document.querySelector(selector);
  if (box === null) return;
  const theme = dark ? 'dark' : 'light';
  // Vega-Lite checks the specification itself; its type is too deep for one made of JSON.
  const spec = dress(plot, { theme, width, titled: false }) as never;
  try {
    await embed(selector, spec, {
      mode: 'vega-lite',
      renderer: 'svg',
      // Expressions are interpreted, so that the page's policy needn't allow `eval`.
      ast: true,
      defaultStyle: false,
      tooltip: { theme },
      downloadFileName: plot.name,
      i18n: { SVG_ACTION: 'save as SVG', PNG_ACTION: 'as PNG' },
      actions: { export: true, source: false, compiled: false, editor: false }
    });
  } catch (error) {
    box.classList.add('problem');
    const reason = error instanceof Error ? error.message : String(error);
    box.textContent = `This plot could not be drawn: ${reason}`;
  }
}

// Functions of a window want it as their `this`.
function boundTo<T>(window: object): T {
  return new Proxy(window, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    }
  }) as T;
}

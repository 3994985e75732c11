/**
 * From a plot to a complete Vega-Lite specification: size, theme, title. Pure, and free of Node:
 * the page of a report dresses its plots again whenever its width changes.
 */
import { nominalColours, sequentialColours, type Theme } from './palette.ts';
import type { Json, Plot } from './plot.ts';

export interface Dress {
  readonly theme: Theme;
  /** Pixels that the whole picture may take; 240 or more. */
  readonly width: number;
  /** Whether the title is part of the picture; a page has it as text of its own. */
  readonly titled: boolean;
}

export const fontFamily = 'DejaVu Sans';

/** Papers and inks. `quiet` is for axes, grids and notes. */
export const inks = {
  light: { paper: '#ffffff', ink: '#1b1f24', quiet: '#5b6570', grid: '#e4e7eb' },
  dark: { paper: '#14171c', ink: '#e8eaed', quiet: '#a3adb8', grid: '#2b313a' }
} as const;

const padding = 8;
const panelGap = 18;
/** Narrower panels than this can't be read. */
const panelWidthMin = 200;
/** Widths of a letter in em, rather too large than too small: DejaVu Sans is a wide face. */
const letterEm = 0.6;
const boldLetterEm = 0.68;

/** The specification; what it draws is `width` pixels wide, its height as the plot says. */
export function dress(plot: Plot, { theme, width, titled }: Dress): { [key: string]: Json } {
  const narrow = width < 600;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: `${plot.title}. ${plot.caption}`,
    background: inks[theme].paper,
    padding,
    ...(titled ? { title: wrap(plot.title, width, narrow ? 12 : 15) } : {}),
    data: { values: plot.data },
    ...sized(plot, width),
    config: themeConfig(plot, theme, width)
  };
}

/** How many panels stand side by side in this width. */
export function columnsFor(plot: Plot, width: number): number {
  const own = plot.ownScale === 'y';
  const panel = panelWidthMin + panelGap + (own ? plot.axisWidth : 0);
  const room = Math.floor((width - (own ? 0 : plot.axisWidth)) / panel);
  return Math.max(1, Math.min(plot.columnsMax, room, plot.panels?.length ?? 1));
}

// Of one view without its axis.
function panelWidth(plot: Plot, width: number): number {
  const columns = columnsFor(plot, width);
  const axes = plot.ownScale === 'y' ? columns : 1;
  const room = width - 2 * padding - axes * plot.axisWidth - (columns - 1) * panelGap;
  return Math.floor(room / columns);
}

function sized(plot: Plot, width: number): { [key: string]: Json } {
  if (plot.panels === null) {
    return {
      width: Math.min(width, plot.widthMax ?? width) - 2 * padding,
      height: plot.height,
      // The width is that of everything, axis and legend too; the height is the view's own.
      autosize: { type: 'fit-x', contains: 'content' },
      ...plot.view
    };
  }
  return {
    facet: { field: 'panel', type: 'nominal', title: null, sort: [...plot.panels] },
    columns: columnsFor(plot, width),
    ...(plot.ownScale === null ? {} : { resolve: { scale: { [plot.ownScale]: 'independent' } } }),
    spacing: panelGap,
    spec: { width: panelWidth(plot, width), height: plot.height, ...plot.view }
  };
}

function wrap(title: string, width: number, fontSize: number): { [key: string]: Json } {
  const letters = Math.floor((width - 2 * padding) / (fontSize * boldLetterEm));
  const lines: string[] = [];
  for (const word of title.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= letters) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return { text: lines, fontSize };
}

function themeConfig(plot: Plot, theme: Theme, width: number): { [key: string]: Json } {
  const { paper, ink, quiet, grid } = inks[theme];
  const narrow = width < 600;
  const labelWidth = Math.max(0, ...plot.legend.map(label => label.length * 11 * letterEm)) + 30;
  const legendRoom = width - 2 * padding - plot.axisWidth;
  const legendColumns = Math.max(1, Math.floor(legendRoom / labelWidth));
  return {
    font: fontFamily,
    range: {
      category: [...nominalColours],
      ordinal: sequentialColours(Math.max(1, plot.steps), theme)
    },
    title: {
      anchor: 'start',
      frame: 'bounds',
      color: ink,
      fontWeight: 'bold',
      offset: 12,
      lineHeight: narrow ? 16 : 20
    },
    axis: {
      labelColor: quiet,
      titleColor: ink,
      gridColor: grid,
      domainColor: quiet,
      tickColor: quiet,
      labelFontSize: 11,
      titleFontSize: 11,
      titleFontWeight: 'normal',
      titlePadding: 8,
      tickCount: Math.max(3, Math.min(8, Math.floor(panelWidth(plot, width) / 60))),
      labelOverlap: 'greedy',
      labelFlush: true
    },
    axisY: { tickCount: 6 },
    header: { labelColor: ink, labelFontSize: 11, labelFontWeight: 'bold', labelAnchor: 'start' },
    legend: {
      orient: 'top',
      direction: 'horizontal',
      columns: Math.min(legendColumns, Math.max(1, plot.legend.length)),
      labelColor: ink,
      titleColor: quiet,
      labelFontSize: 11,
      titleFontSize: 11,
      titleFontWeight: 'normal',
      symbolStrokeWidth: 2.5,
      symbolBaseFillColor: quiet,
      symbolBaseStrokeColor: quiet,
      // Side by side two legends are wider than a phone.
      ...(narrow ? { layout: { top: { direction: 'vertical', anchor: 'start', margin: 6 } } } : {}),
      labelLimit: 0,
      rowPadding: 4
    },
    text: { color: quiet, fontSize: 11 },
    // What a text over lines stands on: the same letters, as wide as this, in the colour of the paper.
    style: { halo: { stroke: paper, strokeWidth: 5, strokeJoin: 'round' } },
    rule: { color: quiet },
    view: { stroke: null }
  };
}

/** PNG pictures from SVG, by resvg: the same pixels on every machine. */
import { renderAsync } from '@resvg/resvg-js';
import { fontFamily, inks } from './dress.ts';
import { fontFiles } from './font.ts';
import type { Theme } from './palette.ts';

/** Pixels of a PNG for one of the picture: sharp on dense screens and in print. */
const pngZoom = 2;

/** An SVG of this theme as PNG, twice as many pixels each way; drawn by a thread of the pool. */
export async function drawPng(svg: string, theme: Theme): Promise<Uint8Array> {
  const font = {
    loadSystemFonts: false,
    // Without a font file resvg draws no text at all, and says nothing.
    fontFiles,
    defaultFontFamily: fontFamily,
    sansSerifFamily: fontFamily
  };
  const image = await renderAsync(svg, {
    background: inks[theme].paper,
    fitTo: { mode: 'zoom', value: pngZoom },
    font
  });
  return image.asPng();
}

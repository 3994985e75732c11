/**
 * The font of all pictures and how wide its letters are. Without a canvas Vega guesses 0.8 em a
 * letter, a third too much, and pictures come out with gaps and a margin of nothing; so the widths
 * are read from the font file (OpenType 1.9: tables cmap, head, hhea, hmtx).
 */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';

/** Regular and bold. */
export const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map(name =>
  createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}`)
);

/** Widths of the letters of one font. */
export interface LetterWidths {
  /** Width of a text in em: pixels at a font size of one pixel. */
  widthOf(text: string): number;
}

/** Reads the widths from a TrueType file. Throws where it has no Unicode table of format 4. */
export function readLetterWidths(file: string): LetterWidths {
  const bytes = fs.readFileSync(file);
  const tables = tableOffsets(bytes);
  const table = (name: string): number => {
    const offset = tables.get(name);
    if (offset === undefined) throw new Error(`${file}: the font has no table ${name}`);
    return offset;
  };
  const unitsPerEm = bytes.readUInt16BE(table('head') + 18);
  const measured = bytes.readUInt16BE(table('hhea') + 34);
  const widths = table('hmtx');
  const glyphOf = glyphFinder(bytes, table('cmap'), file);
  const widthOfGlyph = (glyph: number): number =>
    bytes.readUInt16BE(widths + 4 * Math.min(glyph, measured - 1)) / unitsPerEm;
  const cache = new Map<string, number>();
  return {
    widthOf(text) {
      let width = 0;
      for (const letter of text) {
        let wide = cache.get(letter);
        if (wide === undefined) {
          wide = widthOfGlyph(glyphOf(letter.codePointAt(0) ?? 0));
          cache.set(letter, wide);
        }
        width += wide;
      }
      return width;
    }
  };
}

function tableOffsets(bytes: Buffer): Map<string, number> {
  const count = bytes.readUInt16BE(4);
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const entry = 12 + 16 * index;
      return [bytes.toString('latin1', entry, entry + 4), bytes.readUInt32BE(entry + 8)] as const;
    })
  );
}

// The subtable for Windows and the basic plane (platform 3, encoding 1), which is of format 4.
function glyphFinder(bytes: Buffer, cmap: number, file: string): (code: number) => number {
  const count = bytes.readUInt16BE(cmap + 2);
  const entries = Array.from({ length: count }, (_, index) => cmap + 4 + 8 * index);
  const entry = entries.find(
    at => bytes.readUInt16BE(at) === 3 && bytes.readUInt16BE(at + 2) === 1
  );
  const subtable = entry === undefined ? 0 : cmap + bytes.readUInt32BE(entry + 4);
  if (subtable === 0 || bytes.readUInt16BE(subtable) !== 4) {
    throw new Error(`${file}: the font maps no Unicode by a table of format 4`);
  }
  const segments = bytes.readUInt16BE(subtable + 6) / 2;
  const ends = subtable + 14;
  const starts = ends + 2 * segments + 2;
  const deltas = starts + 2 * segments;
  const offsets = deltas + 2 * segments;
  return code => {
    for (let segment = 0; segment < segments; segment++) {
      if (code > bytes.readUInt16BE(ends + 2 * segment)) continue;
      const start = bytes.readUInt16BE(starts + 2 * segment);
      if (code < start) return 0;
      const delta = bytes.readUInt16BE(deltas + 2 * segment);
      const offset = bytes.readUInt16BE(offsets + 2 * segment);
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = bytes.readUInt16BE(offsets + 2 * segment + offset + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

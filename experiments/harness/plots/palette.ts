/**
 * Colours, for eyes of every kind. Ordered series take steps of one perceptually uniform sequence
 * (plasma), cut so that each step is told from the page; unordered ones the set of Okabe and Ito.
 */
import { scheme } from 'vega';

export type Theme = 'light' | 'dark';

/** Okabe and Ito (2008), black left out, in an order whose neighbours differ most. */
export const nominalColours = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#8c6d1f',
  '#7a7a7a'
] as const;

/** What a worker's or a server's time went to: the same colours in every plot and both themes. */
export const activityColours = {
  compute: '#0072b2',
  communicate: '#e69f00',
  wait: '#cc79a7',
  apply: '#009e73',
  other: 'rgba(140, 150, 160, 0.28)'
} as const;

/** How much of its capacity a link carried, as maps of networks show it; the last was not measured. */
export const utilisationSteps = [
  { label: 'under 20 %', below: 20 },
  { label: '20 to 40 %', below: 40 },
  { label: '40 to 60 %', below: 60 },
  { label: '60 to 80 %', below: 80 },
  { label: '80 % and more', below: Infinity },
  { label: 'not known', below: 0 }
] as const;

/** From quiet to loud, on either paper. */
export const utilisationColours = [
  '#9aa6b2',
  '#56a0d6',
  '#d9a514',
  '#e8711a',
  '#d1193e',
  'rgba(140, 150, 160, 0.4)'
] as const;

/** A fault, on top of what its node does: told from all of the above. */
export const faultColour = '#d40000';

// Beyond these the sequence runs into the page: yellow on white, violet on black.
const sequenceEnds = { light: [0, 0.82], dark: [0.42, 1] } as const;

/** `count` steps from strict to eventual (1 or more). */
export function sequentialColours(count: number, theme: Theme): string[] {
  const [begin, end] = sequenceEnds[theme];
  const plasma: unknown = scheme('plasma');
  if (typeof plasma !== 'function') throw new Error('vega has no colour scheme named plasma');
  return Array.from({ length: count }, (_, step) => {
    const share = count === 1 ? 0.4 : step / (count - 1);
    return String(plasma(begin + (end - begin) * share));
  });
}

/** The figures of a table of results: what each is called, and how it is written. */
import type { Summary } from './summary.ts';

/** Figures of a run that have a median and a spread. */
export type FigureName = Exclude<keyof Summary, 'outcome'>;

export interface Figure {
  readonly title: string;
  readonly unit: string;
  /** Written with this factor, and so many decimals or significant digits. */
  readonly factor: number;
  readonly digits: { readonly significant: number } | { readonly decimals: number };
  /** What a run without the figure had come to when it ended: the target lies beyond. */
  readonly censoredBy: FigureName | null;
}

const three = { significant: 3 };

/** All of them, in the order of the table. */
export const figures: Readonly<Record<FigureName, Figure>> = {
  secondsToTarget: figure('time to target', 's', { censoredBy: 'seconds' }),
  seconds: figure('time', 's'),
  versionsToTarget: figure('versions', '', { digits: { decimals: 0 } }),
  gradientsToTarget: figure('gradients', '', { digits: { decimals: 0 } }),
  idleShare: figure('idle', '%', { factor: 100 }),
  parkedShare: figure('parked', '%', { factor: 100 }),
  stalenessMean: figure('staleness mean', '', { digits: { decimals: 2 } }),
  stalenessMax: figure('max', '', { digits: { decimals: 0 } }),
  bytesSent: figure('sent', 'MB', { factor: 1e-6 }),
  finalLoss: figure('loss', ''),
  finalAccuracy: figure('accuracy', '%', { factor: 100 })
};

/** Their names, in the same order. */
export const figureNames: readonly FigureName[] = Object.keys(figures).filter(
  (name): name is FigureName => name in figures
);

/** A value of a figure as text, without its unit. */
export function figureText({ factor, digits }: Figure, value: number): string {
  const scaled = value * factor;
  if ('decimals' in digits) return scaled.toFixed(digits.decimals);
  const { significant } = digits;
  const size = Math.abs(scaled);
  if (size === 0) return '0';
  // The loss of a run that diverges, or of a problem that is solved.
  if (size >= 1e6 || size < 1e-4) return scaled.toExponential(significant - 1);
  const magnitude = Math.floor(Math.log10(size));
  return scaled.toFixed(Math.max(0, significant - 1 - magnitude));
}

function figure(title: string, unit: string, options: Partial<Figure> = {}): Figure {
  return { title, unit, factor: 1, digits: three, censoredBy: null, ...options };
}

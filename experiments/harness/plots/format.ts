/** Numbers as titles and captions have them: three digits, with a unit that stays beside them. */

/** A space at which no line is broken. */
const tie = '\u00a0';

/** `3.12 s`, `850 ms`, `2 min 5 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return `0${tie}s`;
  if (seconds < 1e-3) return `${digits(seconds * 1e6)}${tie}µs`;
  if (seconds < 1) return `${digits(seconds * 1e3)}${tie}ms`;
  if (seconds < 100) return `${digits(seconds)}${tie}s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}${tie}min ${whole % 60}${tie}s`;
}

/** A share of 1 in percent: `92 %`, `92.5 %`. */
export function formatPercent(share: number): string {
  return `${digits(share * 100)}${tie}%`;
}

/** `1.9 times`. */
export function formatTimes(ratio: number): string {
  return `${digits(ratio)}${tie}times`;
}

/** Three significant digits, no trailing zeros, no exponent. */
export function digits(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** `1 run`, `3 runs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

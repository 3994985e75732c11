/** Numbers as titles and captions have them: three digits, with a unit. */

/** `3.12 s`, `850 ms`, `2 min 5 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return '0 s';
  if (seconds < 1e-3) return `${digits(seconds * 1e6)} µs`;
  if (seconds < 1) return `${digits(seconds * 1e3)} ms`;
  if (seconds < 100) return `${digits(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A share of 1 in percent: `92 %`, `92.5 %`. */
export function formatPercent(share: number): string {
  return `${digits(share * 100)} %`;
}

/** `1.9 times`. */
export function formatTimes(ratio: number): string {
  return `${digits(ratio)} times`;
}

/** Three significant digits, no trailing zeros, no exponent. */
export function digits(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** `1 run`, `3 runs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

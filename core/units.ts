/**
 * Durations, bandwidths and sizes as people write them: a number and a unit, `50us`, `10Gbps`,
 * `4MiB`. A number without a unit is refused, and so is a unit that may mean two things (`GBps`,
 * `KB`). Configuration keeps the strings, in the one form that `format...` gives, so that
 * a printed configuration is one that can be read; a plain number stands only in a field whose
 * name carries the unit (`messageNanos`). Code that computes calls `parse...` once, at the start.
 */
import { z } from 'zod';

/** A duration with its unit. Whole nanoseconds, up to 2^53 of them (104 days). */
export type Duration = `${number}${'ns' | 'us' | 'ms' | 's' | 'min' | 'h'}`;

/** A bandwidth with its unit. */
export type Bandwidth = `${number}${BitRate | ByteRate}`;
type BitRate = `${'' | 'k' | 'M' | 'G' | 'T'}${'bps' | 'bit/s'}`;
type ByteRate = `${'' | 'k' | 'M' | 'G' | 'T' | 'Ki' | 'Mi' | 'Gi' | 'Ti'}B/s`;

/** A size with its unit. Whole bytes. */
export type Size = `${number}${'' | 'k' | 'M' | 'G' | 'T' | 'Ki' | 'Mi' | 'Gi' | 'Ti'}B`;

/** How often something happens, with its unit of time. */
export type Rate = `${number}/${'s' | 'min' | 'h'}`;

/** A quantity that cannot be read; the message shows right ones. */
export class UnitError extends Error {}

/** Nanoseconds of `50us`: an integer. Throws `UnitError`. */
export function parseDuration(text: string): number {
  return wholeQuantity(text, DURATION);
}

/** Bytes a second of `10Gbps` (bits, decimal prefixes) or `1GB/s`. Throws `UnitError`. */
export function parseBandwidth(text: string): number {
  return quantity(text, BANDWIDTH);
}

/** Bytes of `4MiB` (1024) or `100kB` (1000): an integer. Throws `UnitError`. */
export function parseSize(text: string): number {
  return wholeQuantity(text, SIZE);
}

/** Times a second of `0.1/s`, `2/min` or `1/h`. Throws `UnitError`. */
export function parseRate(text: string): number {
  return quantity(text, RATE);
}

/** `50us` for 50000: the largest unit in which the number is at least 1, exact. */
export function formatDuration(nanos: number): Duration {
  if (nanos === 0) return '0s';
  for (const [unit, scale] of [
    ['h', 3_600_000_000_000],
    ['min', 60_000_000_000]
  ] as const) {
    if (nanos % scale === 0) return `${nanos / scale}${unit}`;
  }
  for (const [unit, scale] of [
    ['s', 1_000_000_000],
    ['ms', 1_000_000],
    ['us', 1000]
  ] as const) {
    const text: Duration = `${nanos / scale}${unit}`;
    if (nanos >= scale && parseDuration(text) === nanos) return text;
  }
  return `${nanos}ns`;
}

/** `10Gbps` for 1.25e9 bytes a second: always bits, the largest unit that is exact. */
export function formatBandwidth(bytesPerSecond: number): Bandwidth {
  for (const [unit, scale] of [
    ['Tbps', 1e12],
    ['Gbps', 1e9],
    ['Mbps', 1e6],
    ['kbps', 1e3]
  ] as const) {
    const bits = bytesPerSecond * 8;
    const text: Bandwidth = `${bits / scale}${unit}`;
    if (bits >= scale && parseBandwidth(text) === bytesPerSecond) return text;
  }
  return `${bytesPerSecond * 8}bps`;
}

/** `4MiB` for 4194304, `100kB` for 100000: the largest unit in which the number is whole. */
export function formatSize(bytes: number): Size {
  if (bytes === 0) return '0B';
  const units = [
    ['TiB', 1_099_511_627_776],
    ['TB', 1e12],
    ['GiB', 1_073_741_824],
    ['GB', 1e9],
    ['MiB', 1_048_576],
    ['MB', 1e6],
    ['KiB', 1024],
    ['kB', 1000]
  ] as const;
  for (const [unit, scale] of units) if (bytes % scale === 0) return `${bytes / scale}${unit}`;
  return `${bytes}B`;
}

/** `2/min` for a thirtieth a second: the shortest time in which it happens once, exact. */
export function formatRate(perSecond: number): Rate {
  if (perSecond === 0) return '0/s';
  for (const [unit, seconds] of [
    ['s', 1],
    ['min', 60],
    ['h', 3600]
  ] as const) {
    // The division and the product are both rounded: the shorter number is what somebody wrote.
    for (const count of [Number((perSecond * seconds).toPrecision(12)), perSecond * seconds]) {
      const text: Rate = `${count}/${unit}`;
      if (count >= 1 && parseRate(text) === perSecond) return text;
    }
  }
  return `${perSecond}/s`;
}

/** Ends of a range of quantities, both allowed values. */
export interface Limits<Q> {
  readonly min?: Q;
  readonly max?: Q;
}

/** Schema of a duration: reads any form, keeps `formatDuration`'s. */
export function duration(limits: Limits<Duration> = {}) {
  return canonical<Duration>(DURATION, parseDuration, formatDuration, limits);
}

/** Schema of a bandwidth, more than 0: reads any form, keeps `formatBandwidth`'s. */
export function bandwidth(limits: Limits<Bandwidth> = {}) {
  return canonical<Bandwidth>(BANDWIDTH, parseBandwidth, formatBandwidth, {
    min: '1bps',
    ...limits
  });
}

/** Schema of a rate: reads any form, keeps `formatRate`'s. */
export function rate(limits: Limits<Rate> = {}) {
  return canonical<Rate>(RATE, parseRate, formatRate, limits);
}

/** Schema of a size: reads any form, keeps `formatSize`'s. */
export function size(limits: Limits<Size> = {}) {
  return canonical<Size>(SIZE, parseSize, formatSize, limits);
}

/** Schema of a share of a whole: a number in [0, 1], or a percentage `10%`, kept as the number. */
export function ratio() {
  const message = 'a ratio is a number from 0 to 1, or a percentage: 0.1, "10%"';
  return z
    .union([z.number(), z.string()], { error: message })
    .transform((value, context): number => {
      const read = typeof value === 'number' ? value : percentage(value);
      if (read >= 0 && read <= 1) return read;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    });
}

/** A kind of quantity: what its units are worth, and how to write it. */
interface Kind {
  readonly noun: string;
  readonly units: ReadonlyMap<string, number>;
  readonly base: string;
  readonly examples: string;
}

const PREFIXES: readonly (readonly [string, number])[] = [
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12]
];
const BINARY_PREFIXES: readonly (readonly [string, number])[] = [
  ['Ki', 1024],
  ['Mi', 1_048_576],
  ['Gi', 1_073_741_824],
  ['Ti', 1_099_511_627_776]
];

const DURATION: Kind = {
  noun: 'duration',
  base: 'nanosecond',
  units: new Map([
    ['ns', 1],
    ['us', 1000],
    ['µs', 1000],
    ['ms', 1_000_000],
    ['s', 1_000_000_000],
    ['min', 60_000_000_000],
    ['h', 3_600_000_000_000]
  ]),
  examples: '"200ns", "50us", "2ms", "1.5s", "3min"'
};

const BANDWIDTH: Kind = {
  noun: 'bandwidth',
  base: 'byte a second',
  units: new Map([
    ...PREFIXES.flatMap(([prefix, scale]): [string, number][] => [
      [`${prefix}bps`, scale / 8],
      [`${prefix}bit/s`, scale / 8]
    ]),
    ...[...PREFIXES, ...BINARY_PREFIXES].map(([prefix, scale]): [string, number] => [
      `${prefix}B/s`,
      scale
    ])
  ]),
  examples: '"10Gbps" or "100Mbit/s" (bits), "1GB/s" or "512MiB/s" (bytes)'
};

const SIZE: Kind = {
  noun: 'size',
  base: 'byte',
  units: new Map(
    [...PREFIXES, ...BINARY_PREFIXES].map(([prefix, scale]): [string, number] => [
      `${prefix}B`,
      scale
    ])
  ),
  examples: '"4MiB" (1024 x 1024), "100kB" (1000), "512B"'
};

const RATE: Kind = {
  noun: 'rate',
  base: 'time a second',
  units: new Map([
    ['/s', 1],
    ['/min', 1 / 60],
    ['/h', 1 / 3600]
  ]),
  examples: '"0.1/s", "2/min", "1/h"'
};

/** Reads a number and a unit of this kind. */
function quantity(text: string, kind: Kind): number {
  const match = /^\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([^\d\s.].*?)?\s*$/i.exec(text);
  const scale = kind.units.get(match?.[2] ?? '');
  if (match?.[1] === undefined || scale === undefined)
    throw new UnitError(refusal(text, kind, match));
  const value = Number(match[1]) * scale;
  if (value < Number.POSITIVE_INFINITY) return value;
  throw new UnitError(`"${text}" is too large for a ${kind.noun}`);
}

function refusal(text: string, kind: Kind, match: RegExpExecArray | null): string {
  const right = `a ${kind.noun} is a number with its unit: ${kind.examples}`;
  if (match !== null && match[2] === undefined) return `"${text}" has no unit; ${right}`;
  if (match !== null) return `"${match[2]}" is no unit of a ${kind.noun}; ${right}`;
  return `"${text}" is no ${kind.noun}; ${right}`;
}

/** Reads a quantity that must come to a whole number of the base unit. */
function wholeQuantity(text: string, kind: Kind): number {
  const exact = quantity(text, kind);
  const whole = Math.round(exact);
  // 33.3us is 33299.999999999996: the number and the product are both rounded, two units at most.
  if (Math.abs(exact - whole) > 4.5e-16 * exact || whole > Number.MAX_SAFE_INTEGER) {
    throw new UnitError(`"${text}" is not a whole number of ${kind.base}s below 2^53`);
  }
  return whole;
}

/** A schema over strings whose output is the one form that `format` gives. */
function canonical<Q extends string>(
  kind: Kind,
  parse: (text: string) => number,
  format: (value: number) => Q,
  { min, max }: Limits<Q>
) {
  const least = min === undefined ? 0 : parse(min);
  const most = max === undefined ? Number.POSITIVE_INFINITY : parse(max);
  const missing = `a ${kind.noun} is a string with its unit: ${kind.examples}`;
  return z
    .custom<Q>(value => typeof value === 'string', { error: missing, abort: true })
    .transform((text, context): Q => {
      try {
        const value = parse(text);
        // A bandwidth is written in bits, eight times as many.
        if (value * 8 === Number.POSITIVE_INFINITY) {
          throw new UnitError(`"${text}" is too large for a ${kind.noun}`);
        }
        if (value >= least && value <= most) return format(value);
        const bound = value < least ? `at least "${min}"` : `at most "${max}"`;
        context.addIssue({ code: 'custom', message: `expected a ${kind.noun} of ${bound}` });
      } catch (error) {
        if (!(error instanceof UnitError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
      }
      return z.NEVER;
    });
}

function percentage(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  return match?.[1] === undefined ? Number.NaN : Number(match[1]) / 100;
}

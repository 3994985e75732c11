import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import {
  bandwidth,
  duration,
  formatBandwidth,
  formatDuration,
  formatSize,
  parseBandwidth,
  parseDuration,
  parseSize,
  ratio,
  size,
  UnitError
} from '../../core/units.ts';

const test = suite('units');
const SEED = 29;

test('a duration is a number of nanoseconds', () => {
  const table: [string, number][] = [
    ['200ns', 200],
    ['50us', 50_000],
    ['50 µs', 50_000],
    ['33.3us', 33_300],
    ['2ms', 2_000_000],
    ['1.5s', 1_500_000_000],
    ['3min', 180_000_000_000],
    ['1h', 3_600_000_000_000],
    ['0s', 0],
    ['1e3us', 1_000_000]
  ];
  for (const [text, nanos] of table) assert.is(parseDuration(text), nanos, text);
});

test('bits and bytes a second are told apart by their unit alone', () => {
  const table: [string, number][] = [
    ['10Gbps', 1.25e9],
    ['10 Gbit/s', 1.25e9],
    ['100Mbit/s', 12.5e6],
    ['8bps', 1],
    ['1GB/s', 1e9],
    ['512MiB/s', 512 * 1024 * 1024],
    ['0.5kB/s', 500]
  ];
  for (const [text, bytesPerSecond] of table) assert.is(parseBandwidth(text), bytesPerSecond, text);
});

test('a size counts in thousands or in 1024s, as it says', () => {
  assert.is(parseSize('4MiB'), 4_194_304);
  assert.is(parseSize('100kB'), 100_000);
  assert.is(parseSize('1.5KiB'), 1536);
  assert.is(parseSize('512B'), 512);
});

test('what may mean two things, or nothing, is refused with examples', () => {
  for (const text of [
    '50',
    '1.5',
    '',
    'fast',
    '-2ms',
    '2 weeks',
    '2MS',
    '2m',
    '.5s',
    '1,5s',
    'NaNs'
  ]) {
    assert.throws(() => parseDuration(text), refused('"50us"'), text);
  }
  for (const text of ['10', '10GBps', '10gbps', '10Gb', '10G', '10Gib/s', '5ms']) {
    assert.throws(() => parseBandwidth(text), refused('"10Gbps"'), text);
  }
  for (const text of ['100', '1KB', '1Mb', '1kb', '4M']) {
    assert.throws(() => parseSize(text), refused('"4MiB"'), text);
  }
  assert.throws(() => parseBandwidth('1e999Gbps'), refused('too large'));
  const bits = bandwidth().safeParse('1e308B/s');
  assert.is(bits.error?.issues[0]?.message, '"1e308B/s" is too large for a bandwidth');
  assert.throws(() => parseDuration('50'), refused('"50" has no unit'));
  assert.throws(() => parseBandwidth('10GBps'), refused('"GBps" is no unit of a bandwidth'));
});

test('part of a nanosecond or of a byte is refused, never rounded away', () => {
  for (const text of ['0.5ns', '1.0001us', '1.5000000004s', '200000000s']) {
    assert.throws(() => parseDuration(text), refused('whole number'), text);
  }
  assert.throws(() => parseSize('0.5B'), refused('whole number'));
});

test('quantities are written in the unit that people would choose', () => {
  const durations = [0, 1, 999, 50_000, 1_500_000, 90e9, 180e9, 7200e9, 1_234_567].map(
    formatDuration
  );
  assert.equal(durations, [
    '0s',
    '1ns',
    '999ns',
    '50us',
    '1.5ms',
    '90s',
    '3min',
    '2h',
    '1.234567ms'
  ]);
  const bandwidths = [1.25e9, 12.5e6, 1e9, 1, 0.1].map(formatBandwidth);
  assert.equal(bandwidths, ['10Gbps', '100Mbps', '8Gbps', '8bps', '0.8bps']);
  assert.equal([0, 512, 1536, 4_194_304, 100_000].map(formatSize), [
    '0B',
    '512B',
    '1536B',
    '4MiB',
    '100kB'
  ]);
});

test('what is written is read as the same quantity', () => {
  const whole = fc.oneof(
    fc.maxSafeNat(),
    fc.nat(),
    fc.nat(1_000_000).map(n => n * 1000)
  );
  const options = { seed: SEED, numRuns: 2000 };
  fc.assert(
    fc.property(whole, n => parseDuration(formatDuration(n)) === n),
    options
  );
  fc.assert(
    fc.property(whole, n => parseSize(formatSize(n)) === n),
    options
  );
  const rate = fc.oneof(fc.double({ min: 1e-3, max: 1e18, noNaN: true }), fc.nat());
  fc.assert(
    fc.property(rate, x => parseBandwidth(formatBandwidth(x)) === x),
    options
  );
});

test('a schema keeps one form of each quantity, which it reads as itself', () => {
  const schema = z.strictObject({
    latency: duration(),
    rate: bandwidth(),
    cap: size(),
    share: ratio()
  });
  const once = schema.parse({ latency: '0.05ms', rate: '1.25GB/s', cap: '1024KiB', share: '10%' });
  assert.equal(once, { latency: '50us', rate: '10Gbps', cap: '1MiB', share: 0.1 });
  assert.equal(schema.parse(JSON.parse(JSON.stringify(once))), once);
});

test('a schema says where a quantity is wrong and what would be right', () => {
  const schema = z.strictObject({
    latency: duration({ min: '1us', max: '1s' }),
    rate: bandwidth()
  });
  const messages = (input: unknown): string =>
    (schema.safeParse(input).error?.issues ?? [])
      .map(issue => `${issue.path.join('.')}: ${issue.message}`)
      .join('\n');
  assert.match(messages({ latency: 50, rate: '1Gbps' }), /^latency: a duration is a string with/);
  assert.match(messages({ latency: '50', rate: '1Gbps' }), /^latency: "50" has no unit/);
  assert.match(messages({ latency: '5ns', rate: '1Gbps' }), /^latency: .* at least "1us"/);
  assert.match(messages({ latency: '5s', rate: '1Gbps' }), /^latency: .* at most "1s"/);
  assert.match(messages({ latency: '5us', rate: '0Gbps' }), /^rate: .* at least "1bps"/);
  assert.is(messages({ latency: 1, rate: 2 }).split('\n').length, 2);
  assert.not(ratio().safeParse(1.5).success);
  assert.not(ratio().safeParse('0.1').success);
});

test.run();

function refused(part: string): (error: Error) => boolean {
  return error => error instanceof UnitError && error.message.includes(part);
}

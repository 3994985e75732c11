/** What real processes are joined by while they are measured. */
import { type Config, resolve } from '../../../core/config.ts';
import { runOnHosts } from '../../../exec/launch/namespaced-run.ts';
import { makeHosts, type ShapedLink } from '../../../exec/launch/namespaces.ts';
import type { RealRun } from '../../../exec/real-run.ts';
import { type RealRunOptions, runReal } from '../../../exec/supervisor.ts';

export type Bed =
  /** The loopback interface as it is. */
  | { readonly kind: 'loopback' }
  /** A network namespace a node, joined by links that the kernel shapes. */
  | { readonly kind: 'namespaces'; readonly link: ShapedLink }
  /** The loopback interface, with the links held to a rate by this program's transport. */
  | { readonly kind: 'limiter'; readonly bitsPerSecond: number };

/** Depths of token buckets with which the kernel keeps a rate, by the rate up to which they do. */
const bursts = [
  { bitsPerSecond: 100e6, bytes: 20_480 },
  { bitsPerSecond: 300e6, bytes: 32_768 },
  { bitsPerSecond: 700e6, bytes: 65_536 },
  { bitsPerSecond: Infinity, bytes: 131_072 }
];

/** The best bed of links of a rate that this machine permits, and why it is no better one. */
export function shapedBed(bitsPerSecond: number): {
  readonly bed: Bed;
  readonly why: string | null;
} {
  const trial = makeHosts(2, { bitsPerSecond, burstBytes: burstFor(bitsPerSecond) });
  if (typeof trial === 'string') {
    const why = `network namespaces with shaped links are not permitted here (${trial})`;
    return { bed: { kind: 'limiter', bitsPerSecond }, why };
  }
  trial.close();
  const link = { bitsPerSecond, burstBytes: burstFor(bitsPerSecond) };
  return { bed: { kind: 'namespaces', link }, why: null };
}

/** Runs a configuration for real on a bed, whose network stands in for the configuration's. */
export async function runOnBed(
  config: Config,
  bed: Bed,
  options: Pick<RealRunOptions, 'signal' | 'backend'> = {}
): Promise<RealRun> {
  const network = bed.kind === 'limiter' ? limited(bed.bitsPerSecond) : 'ideal';
  const changed = resolve({ ...config, environment: { ...config.environment, network } });
  if (bed.kind === 'namespaces') return runOnHosts(changed, bed.link, options);
  return runReal(changed, { ...options, transport: 'tcp' });
}

/** A bed in words. */
export function bedText(bed: Bed): string {
  const megabits = (rate: number): string => `${rate / 1e6} Mbit/s`;
  switch (bed.kind) {
    case 'loopback':
      return 'the loopback interface';
    case 'namespaces':
      return `network namespaces, ${megabits(bed.link.bitsPerSecond)} by the kernel's token bucket`;
    case 'limiter':
      return `the loopback interface, ${megabits(bed.bitsPerSecond)} by the transport's rate limiter`;
  }
}

function limited(bitsPerSecond: number) {
  return { kind: 'star', bandwidth: `${bitsPerSecond}bps`, latency: '0ns' };
}

function burstFor(rate: number): number {
  return bursts.find(({ bitsPerSecond }) => rate <= bitsPerSecond)!.bytes;
}

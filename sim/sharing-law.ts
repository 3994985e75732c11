/**
 * Laws by which flows share links, by name. `maxmin`: max-min fair. `rtt-weighted`: max-min fair in
 * proportion to weights, which are the inverse of the latency of the way, since TCP favours the near.
 * `lv08`: as SimGrid's model of that name takes TCP to be (Velho and Legrand, "Accuracy study and
 * improvement of network simulation in the SimGrid framework", SIMUTools 2009; the numbers are those
 * of SimGrid 3.32): weights with a part for each link, latencies times 13.01, 97 % of the bandwidth,
 * a window, and acknowledgements that take 5 % of the rate on the way back.
 *
 * The last two are solved anew at every change, by the plain fill.
 */
import { MaxMin } from './max-min/max-min.ts';
import { ProgressiveFill } from './progressive-fill.ts';
import type { FlowTerms, Sharing } from './sharing.ts';

export const sharingLaws = ['maxmin', 'rtt-weighted', 'lv08'] as const;
export type SharingLawName = (typeof sharingLaws)[number];

/** A link, as a law sees it. */
export interface LinkTerms {
  readonly bytesPerSecond: number;
  readonly latencySeconds: number;
}

export interface SharingLaw {
  /** A solver of its own kind. */
  solver(): Sharing;
  /** By which the latency of a way is multiplied, for the time before a flow shares. */
  readonly latencyFactor: number;
  /** What a flow over these links is; null where all flows are equal. */
  readonly terms: ((route: readonly LinkTerms[], wayBack: readonly number[]) => FlowTerms) | null;
}

/** SimGrid's: bytes of the weight's part for each link, and the window of TCP in bytes. */
const lv08PartBytes = 20_537;
const lv08WindowBytes = 4_194_304;

const laws: Readonly<Record<SharingLawName, SharingLaw>> = {
  maxmin: { solver: () => new MaxMin(), latencyFactor: 1, terms: null },
  'rtt-weighted': {
    solver: () => new ProgressiveFill(),
    latencyFactor: 1,
    terms: route => ({
      weight: 1 / penalty(route, 0),
      bytesPerSecondMax: Infinity,
      wayBack: [],
      wayBackShare: 0,
      goodput: 1
    })
  },
  lv08: {
    solver: () => new ProgressiveFill(),
    latencyFactor: 13.01,
    terms: (route, wayBack) => {
      const latency = sumOf(route, link => link.latencySeconds);
      return {
        weight: 1 / penalty(route, lv08PartBytes),
        bytesPerSecondMax: latency > 0 ? lv08WindowBytes / (2 * latency) : Infinity,
        wayBack,
        wayBackShare: 0.05,
        goodput: 0.97
      };
    }
  }
};

export function sharingLaw(name: SharingLawName): SharingLaw {
  return laws[name];
}

/** The inverse of a weight, in seconds; of a way without latency it is 1, as SimGrid has it. */
function penalty(route: readonly LinkTerms[], partBytes: number): number {
  const latency = sumOf(route, link => link.latencySeconds);
  if (latency === 0) return 1;
  // A link that carries nothing now would weigh down its flows for good.
  return latency + sumOf(route, ({ bytesPerSecond }) => partBytes / Math.max(1, bytesPerSecond));
}

function sumOf(route: readonly LinkTerms[], value: (link: LinkTerms) => number): number {
  return route.reduce((sum, link) => sum + value(link), 0);
}

import type { Sharing } from '../../sim/sharing.ts';

/** A link of a flow case; `fat` gives its capacity to each flow by itself. */
export interface CaseLink {
  readonly bytesPerSecond: number;
  readonly latencySeconds: number;
  readonly fat: boolean;
}

export interface CaseFlow {
  readonly route: readonly number[];
  readonly bytes: number;
  readonly startSeconds: number;
}

/** At some time a link gets a new capacity, or fails with all flows over it. */
export type CaseChange =
  | { readonly seconds: number; readonly link: number; readonly bytesPerSecond: number }
  | { readonly seconds: number; readonly link: number; readonly fails: true };

interface Step {
  readonly seconds: number;
  act(): void;
}

/**
 * Runs flows on a solver in exact seconds, without the network's rounding to nanoseconds. Latencies
 * come first and take no bandwidth. Returns the end of each flow; NaN for one that failed.
 */
export function runFlows(
  sharing: Sharing,
  links: readonly CaseLink[],
  flows: readonly CaseFlow[],
  changes: readonly CaseChange[] = []
): number[] {
  const ends = flows.map(() => NaN);
  const numbers = links.map(link => sharing.addLink(link.bytesPerSecond));
  const live = new Map<number, number>();
  const declared = flows.map(flow =>
    sharing.addFlow(
      flow.route.map(link =>
        links[link]!.fat ? sharing.addLink(links[link]!.bytesPerSecond) : numbers[link]!
      )
    )
  );
  const begin = (flow: number, seconds: number) => {
    if (flows[flow]!.bytes === 0) ends[flow] = seconds;
    else {
      sharing.start(declared[flow]!, flows[flow]!.bytes, seconds);
      live.set(declared[flow]!, flow);
    }
  };
  const change = (what: CaseChange) => {
    if (!('fails' in what)) {
      sharing.setCapacity(numbers[what.link]!, what.bytesPerSecond, what.seconds);
      return;
    }
    for (const [number, flow] of live) {
      if (!flows[flow]!.route.includes(what.link)) continue;
      sharing.stop(number, what.seconds);
      live.delete(number);
    }
  };
  const starts = flows.map((flow, index): Step => {
    const latency = flow.route.reduce((sum, link) => sum + links[link]!.latencySeconds, 0);
    const seconds = flow.startSeconds + latency;
    return { seconds, act: () => begin(index, seconds) };
  });
  const steps = [
    ...starts,
    ...changes.map((what): Step => ({ seconds: what.seconds, act: () => change(what) }))
  ].sort((a, b) => a.seconds - b.seconds);
  for (let done = 0; ; ) {
    const step = steps[done]?.seconds ?? Infinity;
    const now = Math.min(step, sharing.nextCompletion());
    if (now === Infinity) return ends;
    // The end that sets the time is taken whatever the rounding of it, or time would stand still.
    while (sharing.nextCompletion() <= now) {
      const number = sharing.nextFlow();
      sharing.stop(number, now);
      ends[live.get(number)!] = now;
      live.delete(number);
    }
    for (; done < steps.length && steps[done]!.seconds <= now; done++) steps[done]!.act();
    sharing.settle(now);
  }
}

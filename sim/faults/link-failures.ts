/** Links that fail and return, where that ends the sessions which cross them (`whenDown: 'cut'`). */
import type { EnvironmentConfig } from '../../core/environment/environment.ts';
import { haveSession } from '../../core/environment/faults/subject.ts';
import { goesDown, type LinkConfig, linksNamed, profilesOf } from '../../core/environment/links.ts';
import { buildFabric } from '../../core/environment/network.ts';
import type { Instant, NodeId } from '../../core/node.ts';
import { parseDuration } from '../../core/units.ts';
import { withLinks } from '../link-schedules.ts';
import { type Series, SeriesCursor } from '../series.ts';

/** What one entry of `environment.links` says: when its links are down, and between whom they are. */
export interface LinkFailure {
  readonly name: string;
  /** Down is 0, up is 1; it goes down, and neither is without end. */
  readonly series: Series;
  /** Pairs of nodes, by their places, of which either way crosses one of the links. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** Those of a run, in the order of the configuration. */
export function linkFailures(
  { network, links }: Pick<EnvironmentConfig, 'network' | 'links'>,
  ids: readonly NodeId[]
): LinkFailure[] {
  const stated = links.filter(({ state }) => state.length > 0);
  if (!stated.some(cuts) || network.kind === 'ideal') return [];
  const fabric = buildFabric(network, ids);
  const { links: all, route } = withLinks(fabric, links);
  const names = all.map(({ name }) => name);
  const ways = ids.flatMap((one, a) =>
    ids.slice(a + 1).flatMap((other, i) => {
      const b = a + 1 + i;
      const [from, to] = [fabric.hostOf[a]!, fabric.hostOf[b]!];
      return haveSession(one, other)
        ? [{ pair: [a, b] as const, links: [...route(from, to), ...route(to, from)] }]
        : [];
    })
  );
  return stated.flatMap((entry, index) => {
    if (!cuts(entry)) return [];
    // Of several entries for a link the last one counts.
    const later = stated.slice(index + 1).flatMap(one => linksNamed(one.link, names));
    const meant = new Set(linksNamed(entry.link, names));
    for (const link of later) meant.delete(link);
    const pairs = ways.filter(way => way.links.some(link => meant.has(link)));
    const period = entry.every === null ? null : parseDuration(entry.every);
    const series = { points: profilesOf(entry).state, period };
    return [{ name: entry.link, series, pairs: pairs.map(({ pair }) => pair) }];
  });
}

// One that is up all the time ends nothing.
function cuts({ whenDown, state }: LinkConfig): boolean {
  return whenDown === 'cut' && goesDown(state);
}

/** What is done at the times of failures. */
export interface FailureStage {
  atFailure(at: Instant, call: () => void): void;
  atReturn(at: Instant, call: () => void): void;
  /** A link fails; what is to be done when it is up again, or null: the run has ended. */
  fail(failure: LinkFailure): (() => void) | null;
}

/** Makes them happen, each time that a link goes down. */
export function scheduleFailures(failures: readonly LinkFailure[], stage: FailureStage): void {
  for (const failure of failures) {
    const cursor = new SeriesCursor(failure.series);
    // The time of the next point of this value; one that says again what is so already is passed.
    const next = (value: number): Instant => {
      for (let at = cursor.time; at < Infinity; at = cursor.time) {
        if (cursor.take() === value) return at;
      }
      return Infinity;
    };
    const schedule = (): void => {
      const down = next(0);
      if (down === Infinity) return;
      stage.atFailure(down, () => {
        const end = stage.fail(failure);
        if (end === null) return;
        stage.atReturn(next(1), () => {
          end();
          schedule();
        });
      });
    };
    schedule();
  }
}

/**
 * `profile`, `latprofile` and `state` of a case: what changes about its links. A map from link to
 * series is the usual form; a list of entries that name their link is understood too, and so are
 * fields of a link itself. A split-duplex link's name means both of its directions.
 */
import { nearest } from '../../../core/nearest.ts';
import type { CaseLink } from '../../../sim/flow-case.ts';
import type { Problems } from './problems.ts';
import { type Quantity, readSeries, SeriesError } from './series-text.ts';

export type LinkChanges = Pick<CaseLink, Quantity>;

const quantities = [
  ['profile', 'bandwidth'],
  ['latprofile', 'latency'],
  ['state', 'state']
] as const;

/** The changes of each directed link. `names`: the directed links of each link. */
export function changesByLink(
  given: { readonly links: readonly object[] },
  names: ReadonlyMap<string, readonly string[]>,
  problems: Problems
): Map<string, LinkChanges> {
  const changes = new Map<string, { -readonly [key in Quantity]?: LinkChanges[key] }>();
  for (const [key, quantity] of quantities) {
    for (const { link, place, value } of entriesOf(given, key, problems)) {
      const directed = directedLinks(link, names);
      if (directed.length === 0) {
        const guess = nearest(link, [...names.keys()]);
        const hint = guess === null ? '' : ` (did you mean "${guess}"?)`;
        problems.add(place, `no link "${link}" in links${hint}`);
        continue;
      }
      try {
        const series = readSeries(value, quantity);
        for (const name of directed) {
          const own = changes.get(name) ?? {};
          if (own[quantity] !== undefined) problems.add(place, `a second one of link "${link}"`);
          changes.set(name, { ...own, [quantity]: series });
        }
      } catch (error) {
        if (!(error instanceof SeriesError)) throw error;
        problems.add(`${place}${error.at}`, error.message);
      }
    }
  }
  return changes;
}

interface Entry {
  readonly link: string;
  readonly place: string;
  readonly value: unknown;
}

function entriesOf(given: { readonly links: readonly object[] }, key: string, problems: Problems) {
  const entries: Entry[] = [];
  given.links.forEach((link, i) => {
    const value: unknown = Reflect.get(link, key);
    if (value === undefined || value === null) return;
    entries.push({ link: String(Reflect.get(link, 'id')), place: `links[${i}].${key}`, value });
  });
  const whole: unknown = Reflect.get(given, key);
  if (whole === undefined || whole === null) return entries;
  if (typeof whole !== 'object') {
    problems.add(key, 'a map from links to [time, value] pairs is right: { "l": [[0.5, 0]] }');
    return entries;
  }
  if (!Array.isArray(whole) && linkOf(whole) === null) {
    for (const [link, value] of Object.entries(whole)) {
      entries.push({ link, place: `${key}.${link}`, value });
    }
    return entries;
  }
  return [...entries, ...listedEntries(Array.isArray(whole) ? whole : [whole], key, problems)];
}

/** Entries that name their link: `{ link, points }`, or one point each, or [link, time, value]. */
function listedEntries(list: readonly unknown[], key: string, problems: Problems): Entry[] {
  const entries: Entry[] = [];
  const points = new Map<string, unknown[]>();
  list.forEach((item, i) => {
    const place = `${key}[${i}]`;
    const link = linkOf(item);
    if (link === null || typeof item !== 'object' || item === null) {
      problems.add(place, 'names no link: { "link": "l", "points": [[0.5, 0]] } is right');
    } else if (Array.isArray(item) && item.length === 2) {
      entries.push({ link, place, value: item[1] });
    } else if (Array.isArray(item)) {
      points.set(link, [...(points.get(link) ?? []), item.slice(1)]);
    } else if (Object.values(item).some(value => typeof value === 'object')) {
      entries.push({ link, place, value: item });
    } else points.set(link, [...(points.get(link) ?? []), item]);
  });
  for (const [link, value] of points) entries.push({ link, place: key, value });
  return entries;
}

function linkOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null) return null;
  const link: unknown = Array.isArray(item)
    ? item[0]
    : (Reflect.get(item, 'link') ?? Reflect.get(item, 'id'));
  return typeof link === 'string' ? link : null;
}

function directedLinks(link: string, names: ReadonlyMap<string, readonly string[]>) {
  const both = names.get(link);
  if (both !== undefined) return both;
  const one = link.replace(/:(up|down)$/i, end => end.toUpperCase());
  return [...names.values()].flat().includes(one) ? [one] : [];
}

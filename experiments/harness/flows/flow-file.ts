/**
 * Reads flow files: cases of hosts, links, routes and flows, with optional changes of the links
 * (`profile`: bandwidth, `latprofile`: latency, `state`: up or down), in bytes and seconds.
 */
import { z } from 'zod';
import { inWords, issueText } from '../../../core/issue-text.ts';
import { editDistance, nearest } from '../../../core/nearest.ts';
import type { CaseFlow, CaseLink, FlowCase } from '../../../sim/flow-case.ts';
import { changesByLink, type LinkChanges } from './link-changes.ts';
import type { Problems } from './problems.ts';

/** A case as it can be run, with the names that the file has for its flows. */
export interface NamedCase extends FlowCase {
  readonly name: string;
  readonly flowIds: readonly string[];
}

const id = z
  .union([z.string().min(1), z.number()], { error: 'a name or a number is right' })
  .transform(String);
const amount = (what: string) =>
  z.number({ error: `${what}, a number` }).min(0, `${what}, 0 or more`);

const LinkSchema = z.looseObject({
  id,
  bw: z.number({ error: 'bytes per second, a number' }).gt(0, 'bytes per second, more than 0'),
  lat: amount('seconds'),
  policy: z
    .string()
    .transform(policy => policy.toUpperCase())
    .pipe(z.enum(['SHARED', 'FATPIPE', 'SPLITDUPLEX']))
    .default('SHARED')
});
const FlowSchema = z.looseObject({
  id,
  src: id,
  dst: id,
  size: amount('bytes'),
  start: amount('seconds').default(0)
});
const CaseSchema = z.looseObject({
  name: z.string().optional(),
  hosts: z.array(id).min(1),
  links: z.array(LinkSchema),
  routes: z.array(z.looseObject({ src: id, dst: id, links: z.array(z.string()) })),
  flows: z.array(FlowSchema)
});
type CaseInput = z.output<typeof CaseSchema>;

/** Fields that may be missing: a key that is nearly one of these is a slip, and others are notes. */
const changeKeys = ['profile', 'latprofile', 'state'];
const linkKeys = ['policy', ...changeKeys];
const flowKeys = ['start'];

/** The cases of a file, from its JSON. What is wrong goes to `problems`, by case and field. */
export function readFlowFile(value: unknown, problems: Problems): NamedCase[] {
  const cases = casesOf(value);
  if (cases === null) {
    problems.add(
      '',
      'holds no cases: { "cases": [{ "hosts", "links", "routes", "flows" }] } is right'
    );
    return [];
  }
  const names = new Set<string>();
  return cases.flatMap((input, index) => {
    const named = typeof input === 'object' && input !== null ? Reflect.get(input, 'name') : null;
    const name = typeof named === 'string' ? named : `${index}`;
    const mine = problems.within(`case "${name}": `);
    if (names.has(name)) mine.add('name', 'another case has that name');
    names.add(name);
    const read = readCase(input, name, mine);
    return read === null ? [] : [read];
  });
}

function casesOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return null;
  const cases: unknown = Reflect.get(value, 'cases');
  if (Array.isArray(cases)) return cases;
  return 'flows' in value ? [value] : null;
}

function refuseHostsTwice(hosts: readonly string[], problems: Problems): void {
  hosts.forEach((host, i) => {
    if (hosts.indexOf(host) !== i) problems.add(`hosts[${i}]`, `"${host}" is there twice`);
  });
}

function readCase(input: unknown, name: string, problems: Problems): NamedCase | null {
  const result = CaseSchema.safeParse(input, inWords);
  if (!result.success) {
    for (const issue of result.error.issues) problems.add(placeOf(issue.path), issueText(issue));
    return null;
  }
  const given = result.data;
  refuseHostsTwice(given.hosts, problems);
  refuseMisspelt(given, changeKeys, '', problems);
  given.links.forEach((link, i) => {
    refuseMisspelt(link, linkKeys, `links[${i}].`, problems);
  });
  given.flows.forEach((flow, i) => {
    refuseMisspelt(flow, flowKeys, `flows[${i}].`, problems);
  });
  const links = numberLinks(given, problems);
  const routes = readRoutes(given, links, problems);
  refuseTwice(given.flows, 'flows', problems);
  const flows = given.flows.flatMap((flow, i) => readFlow(given, flow, i, routes, problems));
  return { name, links: links.links, flows, flowIds: given.flows.map(flow => flow.id) };
}

interface NumberedLinks {
  readonly links: readonly CaseLink[];
  /** By name on a route: `l`, or `l:UP` and `l:DOWN`. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** A SPLITDUPLEX link is two, one a direction. */
function numberLinks(given: CaseInput, problems: Problems): NumberedLinks {
  refuseTwice(given.links, 'links', problems);
  const names = new Map<string, readonly string[]>();
  for (const { id, policy } of given.links) {
    names.set(id, policy === 'SPLITDUPLEX' ? [`${id}:UP`, `${id}:DOWN`] : [id]);
  }
  const changes = changesByLink(given, names, problems);
  const links: CaseLink[] = [];
  const numbers = new Map<string, number>();
  for (const { id, bw, lat, policy } of given.links) {
    for (const name of names.get(id)!) {
      const own: LinkChanges = changes.get(name) ?? {};
      const link: CaseLink = {
        bytesPerSecond: bw,
        latencySeconds: lat,
        policy: policy === 'FATPIPE' ? 'fatpipe' : 'shared',
        ...own
      };
      numbers.set(name, links.push(link) - 1);
    }
  }
  return { links, numbers };
}

/** Links of each route, by `src` and `dst`. */
function readRoutes(given: CaseInput, { numbers }: NumberedLinks, problems: Problems) {
  const routes = new Map<string, readonly number[]>();
  given.routes.forEach(({ src, dst, links }, i) => {
    for (const [end, host] of [
      ['src', src],
      ['dst', dst]
    ] as const) {
      if (!given.hosts.includes(host)) {
        problems.add(`routes[${i}].${end}`, unknown('host', host, given.hosts));
      }
    }
    const key = pair(src, dst);
    if (routes.has(key)) problems.add(`routes[${i}]`, `a second route from ${src} to ${dst}`);
    const route: number[] = [];
    links.forEach((name, hop) => {
      const number = numbers.get(name.replace(/:(up|down)$/i, end => end.toUpperCase()));
      const place = `routes[${i}].links[${hop}]`;
      if (number === undefined) problems.add(place, unknownLink(name, numbers));
      else if (route.includes(number)) problems.add(place, `crosses link "${name}" a second time`);
      else route.push(number);
    });
    routes.set(key, route);
  });
  return routes;
}

function readFlow(
  given: CaseInput,
  { src, dst, size, start }: CaseInput['flows'][number],
  index: number,
  routes: ReadonlyMap<string, readonly number[]>,
  problems: Problems
): CaseFlow[] {
  for (const [end, host] of [
    ['src', src],
    ['dst', dst]
  ] as const) {
    if (given.hosts.includes(host)) continue;
    problems.add(`flows[${index}].${end}`, unknown('host', host, given.hosts));
    return [];
  }
  const route = routes.get(pair(src, dst));
  const wayBack = routes.get(pair(dst, src)) ?? [];
  if (route !== undefined) return [{ route, wayBack, bytes: size, startSeconds: start }];
  problems.add(`flows[${index}]`, `no route from "${src}" to "${dst}" in routes`);
  return [];
}

function unknownLink(name: string, numbers: ReadonlyMap<string, number>): string {
  if (numbers.has(`${name}:UP`))
    return `a split-duplex link has directions: "${name}:UP" or ":DOWN"`;
  return unknown('link', name, [...numbers.keys()]);
}

function unknown(noun: string, name: string, names: readonly string[]): string {
  const guess = nearest(name, names);
  return `no ${noun} "${name}" in ${noun}s${guess === null ? '' : ` (did you mean "${guess}"?)`}`;
}

function refuseTwice(list: readonly { id: string }[], where: string, problems: Problems): void {
  const seen = new Set<string>();
  list.forEach(({ id }, i) => {
    if (seen.has(id)) problems.add(`${where}[${i}].id`, `"${id}" is there twice`);
    seen.add(id);
  });
}

function refuseMisspelt(
  value: object,
  keys: readonly string[],
  where: string,
  problems: Problems
): void {
  for (const key of Object.keys(value)) {
    if (keys.includes(key)) continue;
    const guess = nearest(key, keys);
    if (guess === null || editDistance(key, guess) > (key.length < 6 ? 1 : 2)) continue;
    problems.add(`${where}${key}`, `unknown key (did you mean "${guess}"?)`);
  }
}

function pair(src: string, dst: string): string {
  return JSON.stringify([src, dst]);
}

/** `flows[0].size` */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

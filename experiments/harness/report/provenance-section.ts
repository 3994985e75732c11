/** How the results came about: the command, versions, backends, machines, seeds, configuration. */
import type { Manifest } from '../manifest.ts';
import type { RunResult } from '../run-result.ts';
import { driverNames, type SweepRecord } from '../sweep-record.ts';
import { commonConfig } from './common-config.ts';
import { escaped } from './html.ts';

/** Notes of runs that are shown; more are counted. */
const notesMax = 12;

/** The section at the end of a report. */
export function provenanceSection(record: SweepRecord, results: readonly RunResult[]): string {
  const commands = driverNames.flatMap(driver => record.sweeps[driver]?.command ?? []);
  const facts = driverNames.flatMap(driver => {
    const own = results.filter(result => result.driver === driver);
    return own.length === 0 ? [] : [factsOf(driver === 'sim' ? 'Simulated' : 'Real', own)];
  });
  const config = commonConfig(results.map(({ config: { seed: _, ...rest } }) => rest));
  return `<section id="provenance">
<h2>How it was made</h2>
${[...new Set(commands)].map(commandBox).join('\n')}
${facts.join('\n')}
${notesOf(results)}
<details>
<summary>Configuration of all runs</summary>
<pre><code>${escaped(JSON.stringify(config, null, 2) ?? '')}</code></pre>
</details>
</section>`;
}

function commandBox(command: string): string {
  return `<pre class="command"><code>${escaped(command)}</code></pre>`;
}

function factsOf(title: string, results: readonly RunResult[]): string {
  const each = (of: (manifest: Partial<Manifest>) => string | undefined): string[] => [
    ...new Set(results.flatMap(({ manifest }) => of(manifest) ?? []))
  ];
  const seeds = [...new Set(results.map(({ seed }) => seed))].sort((one, other) => one - other);
  const durations = results.map(({ manifest }) => Number(manifest['durationSeconds'] ?? 0));
  const total = durations.reduce((sum, seconds) => sum + seconds, 0);
  const facts: (readonly [string, readonly string[]])[] = [
    ['Runs', [`${results.length}, ${total.toFixed(1)} s of computing in all`]],
    ['Seeds', [seeds.join(', ')]],
    ['Backend', each(backendText)],
    [
      'Slackline',
      each(({ slackline, code }) =>
        slackline === undefined ? undefined : `${slackline}, code ${code ?? 'unknown'}`
      )
    ],
    ['Node', each(({ node }) => node)],
    ['Machine', each(machineText)],
    ['First and last run', [spanText(each(({ started }) => started))]]
  ];
  const items = facts
    .filter(([, values]) => values.some(value => value !== ''))
    .map(([name, values]) => `<dt>${name}</dt><dd>${values.map(escaped).join('<br>')}</dd>`);
  return `<h3>${title}</h3>\n<dl>${items.join('')}</dl>`;
}

function backendText({ backend, device }: Partial<Manifest>): string {
  if (backend === undefined || backend === null) return 'plain TypeScript';
  return device === undefined || device === null ? backend : `${backend} on ${device}`;
}

function machineText({ machine }: Partial<Manifest>): string | undefined {
  if (machine === undefined) return undefined;
  const gigabytes = (machine.memoryBytes / 2 ** 30).toFixed(0);
  return `${machine.processor}, ${machine.cores} cores, ${gigabytes} GiB, ${machine.platform}`;
}

function spanText(times: readonly string[]): string {
  const sorted = [...times].sort();
  const readable = (time: string | undefined): string =>
    (time ?? '').replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
  const [first, last] = [readable(sorted[0]), readable(sorted.at(-1))];
  return first === last ? first : `${first} to ${last}`;
}

function notesOf(results: readonly RunResult[]): string {
  const notes = new Set<string>();
  for (const { manifest } of results) {
    const own: unknown = manifest['notes'];
    if (Array.isArray(own)) for (const note of own) notes.add(String(note));
  }
  if (notes.size === 0) return '';
  const shown = [...notes].slice(0, notesMax).map(note => `<li>${escaped(note)}</li>`);
  if (notes.size > notesMax) shown.push(`<li>and ${notes.size - notesMax} more</li>`);
  return `<h3>Notes of the runs</h3>\n<ul>${shown.join('')}</ul>`;
}

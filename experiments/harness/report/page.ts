/** The page of a report as one HTML file that needs nothing else. */
import { createHash } from 'node:crypto';
import type { Plot } from '../plots/plot.ts';
import type { Results } from '../results-table.ts';
import type { RunResult } from '../run-result.ts';
import type { SweepRecord } from '../sweep-record.ts';
import { answerSection } from './answer-section.ts';
import { escaped, scriptJson } from './html.ts';
import { provenanceSection } from './provenance-section.ts';
import { resultsSection } from './results-section.ts';
import { reportStyle } from './style.ts';

/** What a report tells. */
export interface PageContent {
  readonly record: SweepRecord;
  readonly results: readonly RunResult[];
  /** One a driver. */
  readonly tables: readonly Results[];
  readonly plots: readonly Plot[];
  /** The script that draws the plots, by `pageScript`. */
  readonly script: string;
}

/** The HTML. Equal content gives equal bytes. */
export function reportPage({ record, results, tables, plots, script }: PageContent): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(record.name)}: ${escaped(record.question)}</title>
<style>${reportStyle()}</style>
</head>
<body>
<main>
${answerSection(record)}
<nav aria-label="Parts of this report">
<a href="#results">Results</a> <a href="#figures">Plots</a> <a href="#provenance">How it was made</a>
</nav>
<section id="results">
<h2>Results</h2>
${tables.map(resultsSection).join('\n')}
</section>
<section id="figures">
<h2>Plots</h2>
<noscript><p class="problem">The plots of this page are drawn by a script, which is switched off
here. Pictures of them lie in the folder "plots" beside it.</p></noscript>
<p>A click on an entry of a legend picks that series out; Shift adds another; a click beside them
shows all again.</p>
${plots.map(figure).join('\n')}
</section>
${provenanceSection(record, results)}
</main>
<script type="application/json" id="plots">${scriptJson(plots)}</script>
<script>${script}</script>
</body>
</html>
`;
}

// Nothing is loaded from anywhere, and of scripts this very one runs and no other.
function policy(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'"
  ].join('; ');
}

function figure({ name, title, caption, height }: Plot): string {
  return `<figure id="${escaped(name)}">
<h3 class="statement">${escaped(title)}</h3>
<div class="plot" data-plot="${escaped(name)}" style="min-height:${Math.round(height)}px"></div>
<figcaption>${escaped(caption)}</figcaption>
</figure>`;
}

/** The table of results as HTML: one row a cell, the median with its spread below it. */
import { figures } from '../figures.ts';
import { displayLabel } from '../plots/arrangement.ts';
import type { Results } from '../results-table.ts';
import { medianText, remark, shownFigures, spreadText, tableLegend } from '../text-table.ts';
import { escaped } from './html.ts';

/** A table with its caption, in a box that scrolls sideways where it is too narrow. */
export function resultsSection(results: Results): string {
  const { rows, axes } = results;
  const names = shownFigures(rows);
  const remarks = rows.map(remark);
  const remarked = remarks.some(text => text !== '');
  const figureHeads = names.map(name => {
    const { unit } = figures[name];
    // On a terminal it stands close behind the mean.
    const title = name === 'stalenessMax' ? 'staleness max' : figures[name].title;
    const small = unit === '' ? '' : ` <span class="unit">${escaped(unit)}</span>`;
    return `<th scope="col" class="number">${escaped(title)}${small}</th>`;
  });
  const heads = [
    ...axes.map(({ name }) => `<th scope="col">${escaped(name)}</th>`),
    ...figureHeads,
    ...(remarked ? ['<th scope="col">remarks</th>'] : [])
  ];
  const body = rows.map((row, index) => {
    const labels = axes.map(
      ({ name }) => `<th scope="row">${escaped(displayLabel(row.labels[name] ?? ''))}</th>`
    );
    const cells = names.map(name => {
      const spread = spreadText(figures[name], row[name])
        .replace(/^\(|\)$/g, '')
        .replace('..', ' – ');
      const below = spread === '' ? '' : `<br><small class="spread">${escaped(spread)}</small>`;
      return `<td class="number">${escaped(medianText(figures[name], row[name], ''))}${below}</td>`;
    });
    const note = remarked ? `<td>${escaped(remarks[index] ?? '')}</td>` : '';
    return `<tr>${labels.join('')}${cells.join('')}${note}</tr>`;
  });
  const driver = results.driver === 'sim' ? 'Simulated' : 'Real';
  return `<div class="scroll" tabindex="0" role="region" aria-label="${driver} results">
<table data-driver="${results.driver}">
<caption>${driver}, ${escaped(tableLegend(results))}</caption>
<thead><tr>${heads.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</div>`;
}

/** Predictions as a person reads them. */
import { digits } from '../plots/format.ts';
import { type Column, layOut } from '../text-table.ts';
import type { PredictedCell, PredictionsDocument } from './predictions-document.ts';

/** Question, table, what the interval holds, and where the reports are. */
export function predictionsText(document: PredictionsDocument): string {
  const { experiment, predictions, folders } = document;
  const parts = [experiment.question, table(document)];
  const unknown = predictions.filter(({ modelErrorKnown }) => !modelErrorKnown);
  parts.push(
    'Interval: nine of ten runs should lie in it, by how the simulated ones differ' +
      (unknown.length === 0
        ? ' and by the errors that the\nsimulation was seen to make.'
        : '. The error of the\nsimulation itself is not in it where the cluster file has no `fidelity`.')
  );
  parts.push(`Reports: ${folders.map(folder => `${folder}/report.html`).join(', ')}`);
  return `${parts.join('\n\n')}\n`;
}

function table({ predictions, currency }: PredictionsDocument): string {
  const axes = [...new Set(predictions.flatMap(({ labels }) => Object.keys(labels)))];
  const clusters = new Set(predictions.map(({ cluster }) => cluster));
  const columns: Column[] = [];
  if (clusters.size > 1) {
    columns.push({
      heading: 'cluster',
      texts: predictions.map(({ cluster }) => cluster),
      align: 'left'
    });
  }
  for (const axis of axes) {
    columns.push({
      heading: axis,
      texts: predictions.map(p => p.labels[axis] ?? ''),
      align: 'left'
    });
  }
  const [first] = predictions;
  columns.push(
    { heading: first?.measure ?? 'time', align: 'right', texts: predictions.map(timeText) },
    {
      heading: 'interval',
      texts: predictions.map(p => intervalText(p.seconds, ' s')),
      align: 'left'
    }
  );
  if (currency !== null) {
    columns.push(
      { heading: 'cost', align: 'right', texts: predictions.map(p => costText(p, currency)) },
      {
        heading: 'interval',
        texts: predictions.map(p => intervalText(p.cost, ` ${currency}`)),
        align: 'left'
      }
    );
  }
  columns.push({
    heading: 'sent',
    align: 'right',
    texts: predictions.map(p => (p.bytesSent === null ? '-' : `${digits(p.bytesSent / 1e6)} MB`))
  });
  return layOut(columns);
}

function timeText({ seconds, reached, runs }: PredictedCell): string {
  if (seconds === null) return `${reached} of ${runs} reached it`;
  return `${digits(seconds.median)} s`;
}

function costText({ cost }: PredictedCell, currency: string): string {
  return cost === null ? '-' : `${digits(cost.median)} ${currency}`;
}

function intervalText(prediction: PredictedCell['seconds'], unit: string): string {
  if (prediction === null || prediction.low === null || prediction.high === null) return '-';
  return `${digits(prediction.low)} to ${digits(prediction.high)}${unit}`;
}

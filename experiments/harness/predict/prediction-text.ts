/** Predictions as a person reads them. */
import type { PredictedCell, PredictionsDocument } from './predictions-document.ts';

const gap = '  ';

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
  const columns: { heading: string; texts: string[]; left?: true }[] = [];
  if (clusters.size > 1) {
    columns.push({
      heading: 'cluster',
      texts: predictions.map(({ cluster }) => cluster),
      left: true
    });
  }
  for (const axis of axes) {
    columns.push({ heading: axis, texts: predictions.map(p => p.labels[axis] ?? ''), left: true });
  }
  const [first] = predictions;
  columns.push(
    { heading: first?.measure ?? 'time', texts: predictions.map(timeText) },
    { heading: 'interval', texts: predictions.map(p => intervalText(p.seconds, ' s')), left: true }
  );
  if (currency !== null) {
    columns.push(
      { heading: 'cost', texts: predictions.map(p => costText(p, currency)) },
      {
        heading: 'interval',
        texts: predictions.map(p => intervalText(p.cost, ` ${currency}`)),
        left: true
      }
    );
  }
  columns.push({
    heading: 'sent',
    texts: predictions.map(p => (p.bytesSent === null ? '-' : `${digits(p.bytesSent / 1e6)} MB`))
  });
  const lines = ['', ...predictions].map((_, row) =>
    columns
      .map(({ heading, texts, left }) => {
        const width = Math.max(heading.length, ...texts.map(text => text.length));
        const text = row === 0 ? heading : (texts[row - 1] ?? '');
        return left ? text.padEnd(width) : text.padStart(width);
      })
      .join(gap)
      .trimEnd()
  );
  return lines.join('\n');
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

function digits(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

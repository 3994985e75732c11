/** The JSON document that `run --json` and `report --json` print: every figure of the table. */
import { z } from 'zod';
import { figureNames } from './figures.ts';
import type { Results } from './results-table.ts';
import type { SweepRecord } from './sweep-record.ts';
import { driverNames } from './sweep-record.ts';

const SpreadSchema = z
  .strictObject({
    runs: z.int().min(0).describe('Runs of the cell that have ended.'),
    reached: z.int().min(0).describe('Those of them that have this figure; the rest is censored.'),
    median: z.number().nullable().describe('Null when it falls among the censored runs.'),
    quartile1: z.number().nullable(),
    quartile3: z.number().nullable(),
    min: z.number().nullable(),
    max: z.number().nullable().describe('Null when any run is censored.'),
    medianInterval: z
      .tuple([z.number(), z.number()])
      .nullable()
      .describe('95 % bootstrap interval of the median; null below five runs.'),
    censoredAt: z
      .number()
      .nullable()
      .describe('Least value at which a run ended without: the target lies beyond.')
  })
  .describe('One figure over the runs of a cell.');

const RowSchema = z.strictObject({
  labels: z.record(z.string(), z.string()).describe('Label of the cell on every axis.'),
  planned: z.int(),
  done: z.int(),
  diverged: z.array(z.strictObject({ seed: z.int(), clock: z.int() })),
  backends: z.array(z.string()),
  figures: z
    .strictObject({
      secondsToTarget: SpreadSchema,
      seconds: SpreadSchema,
      versionsToTarget: SpreadSchema,
      gradientsToTarget: SpreadSchema,
      idleShare: SpreadSchema,
      parkedShare: SpreadSchema,
      stalenessMean: SpreadSchema,
      stalenessMax: SpreadSchema,
      bytesSent: SpreadSchema,
      finalLoss: SpreadSchema,
      finalAccuracy: SpreadSchema
    })
    .describe('Seconds, bytes and shares of 1, unrounded.')
});

const DriverSchema = z.strictObject({
  driver: z.enum(['sim', 'real']),
  command: z.string(),
  axes: z.array(z.strictObject({ name: z.string(), labels: z.array(z.string()) })),
  rows: z.array(RowSchema).describe('Cells in the order of the sweep.'),
  verdict: z
    .strictObject({ agrees: z.boolean().nullable(), sentence: z.string() })
    .nullable()
    .describe('Whether the results agree with what the experiment expects.')
});

/** Results of an experiment. */
export const ResultsDocumentSchema = z
  .strictObject({
    version: z.literal(1),
    kind: z.literal('results'),
    experiment: z.strictObject({
      name: z.string(),
      question: z.string(),
      expected: z.string().nullable()
    }),
    folder: z.string().describe('Where the results lie.'),
    report: z.string().nullable().describe('The report that was drawn.'),
    results: z.array(DriverSchema),
    failures: z
      .array(
        z.strictObject({
          driver: z.enum(['sim', 'real']),
          labels: z.record(z.string(), z.string()),
          seed: z.int(),
          reason: z.string()
        })
      )
      .describe('Runs of this command that failed and are missing.')
  })
  .describe('Results of an experiment, as `slackline run --json` prints them.');

/** The document as data. */
export type ResultsDocument = z.infer<typeof ResultsDocumentSchema>;

/** The document of a sweep. */
export function resultsDocument(options: {
  readonly record: SweepRecord;
  readonly tables: readonly Results[];
  readonly folder: string;
  readonly report: string | null;
  readonly failures: ResultsDocument['failures'];
}): ResultsDocument {
  const { record, tables, folder, report, failures } = options;
  const { name, question, expected } = record;
  return {
    version: 1,
    kind: 'results',
    experiment: { name, question, expected },
    folder,
    report,
    results: driverNames.flatMap(driver => {
      const sweep = record.sweeps[driver];
      const table = tables.find(table => table.driver === driver);
      if (sweep === null || table === undefined) return [];
      const { command, axes, verdict } = sweep;
      return [{ driver, command, axes, rows: table.rows.map(rowDocument), verdict }];
    }),
    failures: [...failures]
  };
}

function rowDocument(row: Results['rows'][number]): z.infer<typeof RowSchema> {
  const { labels, planned, done, diverged, backends } = row;
  const figures = Object.fromEntries(figureNames.map(name => [name, row[name]]));
  return RowSchema.parse({ labels, planned, done, diverged, backends, figures });
}

/** The JSON document of `slackline predict --json`. */
import { z } from 'zod';

const PredictionSchema = z
  .strictObject({
    median: z.number(),
    low: z.number().nullable().describe('Nine of ten real runs should lie from low to high.'),
    high: z.number().nullable()
  })
  .describe('Null ends: one run, and the error of the model is not known.');

export const PredictionsDocumentSchema = z
  .strictObject({
    version: z.literal(1),
    kind: z.literal('predictions'),
    experiment: z.strictObject({ name: z.string(), question: z.string() }),
    currency: z.string().nullable().describe('Of all costs; null where no cluster has prices.'),
    predictions: z.array(
      z.strictObject({
        cluster: z.string().describe('The file.'),
        labels: z.record(z.string(), z.string()).describe('Label of the cell on every axis.'),
        runs: z.int(),
        reached: z.int().describe('Runs that reached the target; the others are left out below.'),
        measure: z.enum(['time to target', 'time']),
        seconds: PredictionSchema.nullable().describe('Null when half of the runs or more fail.'),
        cost: PredictionSchema.nullable(),
        bytesSent: z.number().nullable().describe('Median over the runs.'),
        modelErrorKnown: z.boolean().describe('Whether the interval holds the error of the model.')
      })
    ),
    folders: z.array(z.string()).describe('Results of each cluster, with their reports.')
  })
  .describe('Times and costs on clusters, as `slackline predict --json` prints them.');
export type PredictionsDocument = z.infer<typeof PredictionsDocumentSchema>;
export type PredictedCell = PredictionsDocument['predictions'][number];

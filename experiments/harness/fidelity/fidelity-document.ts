/** What `slackline fidelity` found, as data. */
import { z } from 'zod';

const MeasuresSchema = z.strictObject({
  iterationSeconds: z.number().describe('Mean over all workers and iterations.'),
  updatesPerSecond: z.number().describe('Gradients of all workers that went into the params.'),
  iterationBytes: z
    .number()
    .describe('Sent for training, by all nodes, for each iteration of one worker.'),
  stalenessMean: z.number()
});

export const FidelityDocumentSchema = z
  .strictObject({
    version: z.literal(1),
    kind: z.literal('fidelity'),
    name: z.string(),
    question: z.string(),
    expected: z.string().nullable(),
    machine: z.strictObject({
      platform: z.string(),
      processor: z.string(),
      cores: z.int(),
      memoryBytes: z.number()
    }),
    beds: z.array(z.string()).readonly().describe('What joined the processes of the real runs.'),
    repetitions: z.int().describe('Runs wanted of each cell.'),
    cells: z
      .array(
        z.strictObject({
          name: z.string(),
          predicted: MeasuresSchema,
          measured: MeasuresSchema.describe('Medians of the runs that count.'),
          runs: z.array(MeasuresSchema).readonly(),
          dropped: z
            .array(z.strictObject({ why: z.string(), measures: MeasuresSchema }))
            .readonly()
            .describe('Runs that do not count, for the machine was disturbed.')
        })
      )
      .readonly(),
    score: z
      .strictObject({
        medianError: z.number().describe('Of iteration times, as a share of 1.'),
        worstError: z.number(),
        worstCell: z.string(),
        pairs: z.int().describe('Pairs of cells whose measured times differ by more than 5 %.'),
        ranked: z.int().describe('Those of them that were predicted in the same order.')
      })
      .nullable()
      .describe('Null where no cell has a run that counts.')
  })
  .describe('Predictions held against real runs, as `slackline fidelity --json` prints them.');
export type FidelityDocument = z.infer<typeof FidelityDocumentSchema>;

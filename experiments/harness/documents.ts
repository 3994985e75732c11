/**
 * The JSON documents that commands print under `--json`, each told by its `kind`. Their schema is
 * kept beside this file as `documents.schema.json` (JSON Schema); a test holds the two together.
 */
import { z } from 'zod';
import { ClusterSchema } from '../../core/environment/cluster.ts';
import { FidelityDocumentSchema } from './fidelity/fidelity-document.ts';
import { PredictionsDocumentSchema } from './predict/predictions-document.ts';
import { ResultsDocumentSchema } from './results-document.ts';

/** `slackline list`. */
export const ExperimentsDocumentSchema = z
  .strictObject({
    version: z.literal(1),
    kind: z.literal('experiments'),
    experiments: z.array(
      z.strictObject({
        file: z.string(),
        question: z.string(),
        axes: z.array(z.string()),
        runs: z.int().describe('Cells times seeds.')
      })
    )
  })
  .describe('The experiments of a folder, as `slackline list --json` prints them.');

/** `slackline run --dry-run`. */
export const DryRunDocumentSchema = z
  .strictObject({
    version: z.literal(1),
    kind: z.literal('dry-run'),
    experiment: z.strictObject({ name: z.string() }),
    axes: z.array(z.strictObject({ name: z.string(), labels: z.array(z.string()) })),
    cells: z.array(
      z.strictObject({
        labels: z.record(z.string(), z.string()),
        configs: z
          .array(z.record(z.string(), z.unknown()))
          .describe('Resolved configurations, one a seed; each can be run as a file.')
      })
    )
  })
  .describe('What would be run, as `slackline run --dry-run --json` prints it.');

/** `slackline replay`. */
export const ReplayDocumentSchema = z
  .strictObject({
    version: z.literal(1),
    kind: z.literal('replay'),
    trace: z.string(),
    backend: z.string().nullable().describe('What recomputed the gradients; null for none.'),
    nodes: z.int(),
    inputs: z.int().describe('Inputs whose effects agreed.'),
    divergence: z
      .strictObject({
        node: z.string(),
        line: z.int(),
        now: z.number().describe('Nanoseconds on the clock of the node.'),
        input: z.string(),
        reason: z.string()
      })
      .nullable()
      .describe('The first input whose effects differ; null when all agree.')
  })
  .describe('What a replay came to, as `slackline replay --json` prints it.');

/** `slackline digest`. */
export const DigestsDocumentSchema = z
  .strictObject({
    version: z.literal(1),
    kind: z.literal('digests'),
    runs: z.array(
      z.strictObject({
        file: z.string(),
        labels: z.record(z.string(), z.string()),
        seed: z.int(),
        outcome: z.enum(['done', 'diverged', 'failed']),
        digest: z
          .string()
          .describe('Of every input handled, its time, every byte sent, and all rows; 16 digits.')
      })
    )
  })
  .describe('One digest of each simulated run, as `slackline digest --json` prints them.');
export type DigestsDocument = z.infer<typeof DigestsDocumentSchema>;

/** `slackline bench`. */
export const BenchmarksDocumentSchema = z
  .strictObject({
    version: z.literal(1),
    kind: z.literal('benchmarks'),
    benchmarks: z.array(
      z.strictObject({
        file: z.string(),
        measurements: z.array(
          z.strictObject({
            name: z.string(),
            value: z.number(),
            unit: z.string(),
            target: z.string().optional()
          })
        )
      })
    )
  })
  .describe('Measured figures with their targets, as `slackline bench --json` prints them.');

/** `slackline flows`. */
export const FlowsDocumentSchema = z
  .strictObject({
    version: z.literal(1),
    kind: z.literal('flows'),
    sharing: z.enum(['maxmin', 'rtt-weighted', 'lv08']),
    cases: z.array(
      z.strictObject({
        name: z.string().describe('Of the file, or its place in it from 0 on.'),
        flows: z.record(
          z.string(),
          z.strictObject({
            status: z.enum(['done', 'failed', 'stalled']),
            t: z.number().nullable().describe('Seconds; null for a flow that never ends.')
          })
        )
      })
    )
  })
  .describe('How and when flows ended, as `slackline flows` prints it.');

/** A cluster as it is printed: quantities are text with their units. */
const LinkSchema = z.strictObject({
  bandwidth: z.string().describe('Of payload: 47.8Mbps.'),
  latency: z.string().describe('One way: 10us.'),
  burst: z.string().describe('Payload that leaves at once after a pause: 19kB.')
});

/** `slackline calibrate`. */
export const ClusterDocumentSchema = z
  .strictObject({
    ...ClusterSchema.shape,
    network: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('As environment.network has it; null for a star of links.'),
    links: z.strictObject({
      all: LinkSchema.partial({ bandwidth: true, latency: true }),
      workers: LinkSchema.partial(),
      servers: LinkSchema.partial(),
      hosts: z.record(z.string(), LinkSchema.partial())
    }),
    lateness: z.string().describe('How late the end of a held computation is noticed: 20us.'),
    compute: z
      .strictObject({
        problem: z.string(),
        backend: z.string().nullable(),
        law: z.record(z.string(), z.unknown()).describe('As environment.compute has it.')
      })
      .nullable()
  })
  .describe(ClusterSchema.description ?? '');

/** Any of them. */
export const DocumentSchema = z.discriminatedUnion('kind', [
  ResultsDocumentSchema,
  ExperimentsDocumentSchema,
  DryRunDocumentSchema,
  ReplayDocumentSchema,
  DigestsDocumentSchema,
  BenchmarksDocumentSchema,
  FlowsDocumentSchema,
  PredictionsDocumentSchema,
  ClusterDocumentSchema,
  FidelityDocumentSchema
]);
export type Document = z.infer<typeof DocumentSchema>;

/** The JSON Schema of them all. */
export function documentsJsonSchema(): unknown {
  return z.toJSONSchema(DocumentSchema, { reused: 'ref' });
}

/** A document as it is printed. */
export function documentText(document: Document): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What stands beside the rows of a run: how they came about. */
import { z } from 'zod';

const OutcomeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('done'),
    reason: z.enum(['target', 'iterations', 'gradients', 'seconds'])
  }),
  z.strictObject({ kind: z.literal('diverged'), node: z.string(), clock: z.int() }),
  z.strictObject({ kind: z.literal('failed'), reason: z.string() })
]);

export const ManifestSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  driver: z.enum(['sim', 'real']),
  seed: z.int(),
  /** Real runs may be repeated; 0 in the simulator, where a repetition would bring the same bytes. */
  repetition: z.int().min(0),
  /** The backend that computed gradients, and on what device; null for plain TypeScript. */
  backend: z.string().nullable(),
  device: z.string().nullable(),
  outcome: OutcomeSchema,
  /** Hash of the code that can change the result. */
  code: z.string(),
  slackline: z.string(),
  node: z.string(),
  machine: z.strictObject({
    platform: z.string(),
    processor: z.string(),
    cores: z.int(),
    memoryBytes: z.number()
  }),
  /** ISO 8601, and how long it took on the wall clock. */
  started: z.string(),
  durationSeconds: z.number(),
  /** Most memory that the process had by then; of a job process, over all its runs so far. */
  memoryBytesMax: z.number().nullable(),
  /** Lines of `rows.jsonl` and the SHA-256 of the file. */
  rows: z.int().min(0),
  rowsHash: z.string(),
  /** Name of the trace in this folder, or null. */
  trace: z.string().nullable(),
  /** True where every invariant was looked at after every event (`--check`). */
  checked: z.boolean().optional(),
  /** What a reader of the results should know: overruns, what this machine could not enforce. */
  notes: z.array(z.string())
});
export type Manifest = z.infer<typeof ManifestSchema>;

/** The compressors there are. A new built-in one is its file and one line here. */
import type { Snapshot } from '../node.ts';
import { type Configured, Registry } from '../registry.ts';
import type { Compressor, CompressorKind, Memory } from './compressor.ts';
import { int8Kind } from './int8.ts';
import { MemorySchema, memoryOf } from './memory.ts';
import { noneKind } from './none.ts';
import { topKKind } from './topk.ts';

/** All compressors, by kind. */
export const compressors = new Registry<CompressorKind<Configured>>('compressor', [
  noneKind,
  int8Kind,
  topKKind
] as readonly CompressorKind<Configured>[]);

/** Configuration of any compressor, `{ kind: 'topk', ratio: 0.01, ... }`, or its short form. */
export const CompressorSchema = compressors.schema();
export type CompressorConfig = Configured;

/** The compressor of a configuration. */
export function createCompressor(config: CompressorConfig): Compressor {
  return compressors.get(config.kind).create(config);
}

/**
 * The memory that a configuration carries in its field `memory`, fresh or as a snapshot has it;
 * null where there is nothing to remember. One for each worker.
 */
export function createMemory(
  config: CompressorConfig,
  restored: Snapshot | null = null
): Memory | null {
  if (!('memory' in config)) return null;
  return memoryOf(MemorySchema.parse(config.memory), restored);
}

/** `topk:0.01` as configuration. Throws with what would be right. */
export function parseCompressor(short: string): CompressorConfig {
  return compressors.parse(short);
}

/** Configuration as `topk:0.01`. */
export function formatCompressor(config: CompressorConfig): string {
  return compressors.format(config);
}

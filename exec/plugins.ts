/** Consistency models and compressors of a user's own, added to the tables before a run. */
import type { CompressorKind } from '../core/compression/compressor.ts';
import { compressors } from '../core/compression/registry.ts';
import type { Config } from '../core/config.ts';
import type { ConsistencyModel } from '../core/consistency/model.ts';
import { consistencyModels } from '../core/consistency/registry.ts';
import type { Configured } from '../core/registry.ts';
import { importUserModule } from './user-module.ts';

/**
 * Adds what the modules export: an export with a `rule` is a consistency model, one with a `create`
 * a compressor. Loading a module twice adds it once. Throws when one exports neither.
 */
export async function loadPlugins(plugins: Config['plugins']): Promise<void> {
  for (const { module } of plugins) {
    let added = 0;
    for (const method of Object.values(await importUserModule(module))) {
      if (isConsistencyModel(method)) consistencyModels.add(method);
      else if (isCompressor(method)) compressors.add(method);
      else continue;
      added += 1;
    }
    if (added === 0) {
      throw new Error(
        `${module}: a plugin exports a consistency model (kind, schema, rule ...) or a compressor`
      );
    }
  }
}

function isConsistencyModel(value: unknown): value is ConsistencyModel<Configured> {
  return hasMethods(value, ['parse', 'format', 'rule']);
}

function isCompressor(value: unknown): value is CompressorKind<Configured> {
  return hasMethods(value, ['parse', 'format', 'create']);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return names.every(name => typeof Reflect.get(value, name) === 'function');
}

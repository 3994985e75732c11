/** Consistency models and compressors of a user's own, added to the tables before a run. */
import type { CompressorKind } from '../core/compression/compressor.ts';
import { compressors } from '../core/compression/registry.ts';
import type { ConsistencyModel } from '../core/consistency/model.ts';
import { consistencyModels } from '../core/consistency/registry.ts';
import type { Configured } from '../core/registry.ts';
import { importUserModule } from './user-module.ts';

/** A plugin as a configuration names it. */
export type Plugin = string | { readonly module: string };

/**
 * The plugins of a configuration that is not checked yet: it can be only when they are loaded. What
 * is no plugin is left for the check to name.
 */
export function pluginsOf(config: unknown): Plugin[] {
  if (typeof config !== 'object' || config === null || !('plugins' in config)) return [];
  return Array.isArray(config.plugins) ? config.plugins.filter(isPlugin) : [];
}

/**
 * Adds what the modules export: an export with a `rule` is a consistency model, one with a `create`
 * a compressor. Loading a module twice adds it once. Throws when one exports neither.
 */
export async function loadPlugins(plugins: readonly Plugin[]): Promise<void> {
  for (const plugin of plugins) {
    const module = typeof plugin === 'string' ? plugin : plugin.module;
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

function isPlugin(value: unknown): value is Plugin {
  if (typeof value === 'string') return true;
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, 'module') === 'string'
  );
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

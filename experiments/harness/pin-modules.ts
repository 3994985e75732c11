/**
 * A user's modules (models, data sets, plugins) in a configuration, by content: so that a run whose
 * module has changed is another run, and a process on another host can tell that it has the same one.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Config } from '../../core/config.ts';
import { projectRoot } from '../../exec/project-root.ts';
import { compileModule } from '../../exec/user-module.ts';
import type { Plan } from './cells.ts';
import { isTree } from './config-path.ts';
import { UsageError } from './usage-error.ts';

/** The plan with the hash of every module in it. Throws `UsageError` where there is no such file. */
export async function pinModules(plan: Plan): Promise<Plan> {
  const hashes = new Map<string, string>();
  for (const module of plan.cells.flatMap(cell => cell.configs.flatMap(modulesOf))) {
    if (hashes.has(module)) continue;
    if (!fs.existsSync(path.join(projectRoot, module))) {
      throw new UsageError(`module ${module}: no such file; its path is relative to the project`);
    }
    hashes.set(module, (await compileModule(module)).hash);
  }
  if (hashes.size === 0) return plan;
  const pinned = (config: Config): Config => pin(config, hashes);
  return {
    ...plan,
    cells: plan.cells.map(cell => ({ ...cell, configs: cell.configs.map(pinned) }))
  };
}

function modulesOf({ problem, plugins }: Config): string[] {
  const modules = plugins.map(plugin => plugin.module);
  if (problem.kind === 'module') modules.push(problem.module);
  if ('data' in problem && problem.data?.kind === 'module') modules.push(problem.data.module);
  return modules;
}

// Whatever names a module has its hash beside the name.
function pin<T>(value: T, hashes: ReadonlyMap<string, string>): T {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) => {
    if (!isTree(inner) || typeof inner['module'] !== 'string') return inner;
    return { ...inner, hash: hashes.get(inner['module']) ?? inner['hash'] };
  });
}

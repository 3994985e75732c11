/** Whether the files that a configuration names by content are the same on this disk. */
import type { Config } from '../../core/config.ts';
import { compileModule } from '../user-module.ts';

/** Throws an error that names the first module that is missing or different here. */
export async function checkModules(config: Config): Promise<void> {
  for (const { module, hash } of modulesOf(config)) {
    if (hash === null || hash === '') continue;
    const here = await compileModule(module);
    if (here.hash === hash) continue;
    throw new Error(`${module} is not the file that this run was started with: copy it here`);
  }
}

function modulesOf({ problem, plugins }: Config): { module: string; hash: string | null }[] {
  const modules: { module: string; hash: string | null }[] = [...plugins];
  if (problem.kind === 'module') modules.push(problem);
  if ('data' in problem && problem.data?.kind === 'module') modules.push(problem.data);
  return modules;
}

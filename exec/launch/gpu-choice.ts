/**
 * Which GPU a launched process computes on: ranks are dealt out over those that there are, since
 * the native backend takes the last one that it sees, and one alone.
 */
import { readdirSync } from 'node:fs';
import type { NodeId } from '../../core/node.ts';
import { rankOf } from '../../core/node-id.ts';

const variable = 'CUDA_VISIBLE_DEVICES';

/** Number of NVIDIA GPUs that this machine shows as files. */
export function gpuCount(): number {
  try {
    return readdirSync('/dev').filter(name => /^nvidia\d+$/.test(name)).length;
  } catch {
    return 0;
  }
}

/** The variable that shows a process one GPU, where there are several or some are named. */
export function deviceVariables(
  id: NodeId,
  environment: Readonly<Record<string, string | undefined>>,
  gpus: number
): Record<string, string> {
  const named = environment[variable]?.split(',').filter(name => name.trim() !== '');
  const names = named ?? Array.from({ length: gpus }, (_, index) => String(index));
  const name = names[rankOf(id) % Math.max(1, names.length)];
  return names.length > 1 && name !== undefined ? { [variable]: name } : {};
}

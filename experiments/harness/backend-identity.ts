/** A backend as manifests and run ids name it. */
import type { Backend } from '../../exec/backends/backend.ts';
import type { OpenedBackend } from './job-message.ts';

/** Its package, version and threads: whatever changes the bits of a gradient. */
export function describeBackend({ name, version, threads, device }: Backend): OpenedBackend {
  return { name: `${name} ${version}, ${threads}`, device };
}

/** This machine, for manifests. */
import * as os from 'node:os';
import type { Manifest } from './manifest.ts';

/** What it is, without its name: results are shown to others. */
export function machine(): Manifest['machine'] {
  return {
    platform: `${os.platform()} ${os.arch()}`,
    processor: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem()
  };
}

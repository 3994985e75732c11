/** Which host this is: processes of one host see one clock, and may share sockets in its files. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * The same for all processes of one boot of one kernel; its name where the kernel has no such id.
 */
export function hostIdentity(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return hostname();
  }
}

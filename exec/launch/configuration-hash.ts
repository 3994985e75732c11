/** Names a configuration: ends of a session compare these. */
import { createHash } from 'node:crypto';
import type { Config } from '../../core/config.ts';

/** SHA-256 of the configuration's JSON as it is sent, in hex. */
export function configurationHash(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex');
}

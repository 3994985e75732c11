/** A real run whose nodes have a host each: network namespaces of this machine, and links between. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Config } from '../../core/config.ts';
import { nodeIds } from '../../core/node-id.ts';
import { type RealRun, RealRunError } from '../real-run.ts';
import { type RealRunOptions, runReal } from '../supervisor.ts';
import { makeHosts, type ShapedLink } from './namespaces.ts';

/**
 * Runs a configuration with a namespace for each node. The supervisor is reached through a socket in
 * a folder, so that nothing but the run is on the links. `link` null: veth pairs as they are.
 */
export async function runOnHosts(
  config: Config,
  link: ShapedLink | null,
  options: Omit<RealRunOptions, 'placeOf' | 'listen' | 'transport' | 'waitForNodes'> = {}
): Promise<RealRun> {
  const ids = nodeIds(config);
  // The first host is the switch.
  const network = makeHosts(ids.length + 1, link);
  if (typeof network === 'string') {
    throw new RealRunError(null, `network namespaces are not permitted here (${network})`);
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'slackline-hosts-'));
  try {
    return await runReal(config, {
      ...options,
      transport: 'tcp',
      listen: { kind: 'unix', path: path.join(folder, 'supervisor.sock') },
      placeOf: id => network.hosts[ids.indexOf(id) + 1]!
    });
  } finally {
    network.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

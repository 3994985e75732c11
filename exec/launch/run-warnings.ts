/** What somebody who reads the results of a real run must know of it. */
import type { Config } from '../../core/config.ts';
import { nodeIds } from '../../core/node-id.ts';
import { cablesOf } from '../transport/cables.ts';
import { sharedLinks, unenforceable } from './enforcement.ts';
import { flowWarnings } from './flow-warnings.ts';
import { hostWarnings } from './host-warnings.ts';
import type { Roster } from './roster.ts';

const nanosPerMilli = 1e6;

/** Warnings as sentences, each with the node that it is about. */
export function runWarnings(config: Config, roster: Roster): string[] {
  const warnings: string[] = [];
  if (!roster.together) {
    const hosts = roster.hostNames.length;
    warnings.push(
      `the nodes ran on ${hosts} hosts: nothing of the environment (compute times, stragglers, ` +
        'network) was enforced, and the true ones count'
    );
  } else warnings.push(...environmentWarnings(config));
  for (const { id, report } of roster.seats) {
    if (report === null) continue;
    const { pacing } = report;
    if (pacing !== null && pacing.overruns > 0) {
      const millis = (pacing.overrunNanosMean / nanosPerMilli).toFixed(1);
      warnings.push(
        `${id}: ${pacing.overruns} of ${pacing.paced} gradients took longer than the environment ` +
          `says, by ${millis} ms on average`
      );
    }
    for (const warning of report.warnings) warnings.push(`${id}: ${warning}`);
  }
  return warnings;
}

/** What of an environment is not enforced although all nodes run on one machine, as sentences. */
export function environmentWarnings(config: Config): string[] {
  return [...networkWarnings(config), ...hostWarnings(config), ...flowWarnings(config.environment)];
}

function networkWarnings(config: Config): string[] {
  const { network } = config.environment;
  if (network.kind === 'ideal') return [];
  const cables = cablesOf(network, nodeIds(config));
  const warnings: string[] = [];
  if (cables.nodes.some(node => cables.nodesOn(cables.host(node)) > 1)) {
    warnings.push(
      'nodes on one host of the network have equal parts of its bandwidth, not the whole'
    );
    if (network.loopback !== null) {
      warnings.push('loopback has its latency, and the bandwidth of this machine');
    }
  }
  const refusal = unenforceable(config);
  if (refusal !== null) warnings.push(refusal);
  else if (sharedLinks(cables, false).length > 0) {
    warnings.push(
      'hosts are held to their bandwidths and ways to their latencies; links between switches, ' +
        'which have room for all hosts at once, are not enforced'
    );
  }
  return warnings;
}

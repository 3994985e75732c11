/** What somebody who reads the results of a real run must know of it. */
import type { Config } from '../../core/config.ts';
import type { Roster } from './roster.ts';

const nanosPerMilli = 1e6;

/** Warnings as sentences, each with the node that it is about. */
export function runWarnings(config: Config, roster: Roster): string[] {
  const warnings: string[] = [];
  const { network } = config.environment;
  if (!roster.together) {
    const hosts = roster.hostNames.length;
    warnings.push(
      `the nodes ran on ${hosts} hosts: nothing of the environment (compute times, stragglers, ` +
        'network) was enforced, and the true ones count'
    );
  } else if (network.kind === 'star' && network.placement === 'colocated') {
    warnings.push(
      'nodes on one host of the network had equal parts of its bandwidth, not the whole'
    );
  }
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

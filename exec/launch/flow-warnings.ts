/** What the simulator models of links and flows, and processes on one machine do not enforce. */
import type { EnvironmentConfig } from '../../core/environment/environment.ts';

/** As sentences. */
export function flowWarnings({ links, traffic }: EnvironmentConfig): string[] {
  const warnings: string[] = [];
  if (links.length > 0) {
    warnings.push(
      'environment.links was not enforced: links kept the bandwidth and latency that ' +
        'environment.network says, and none failed'
    );
  }
  if (traffic.length > 0) {
    warnings.push('environment.traffic was not sent: the run had its links for itself');
  }
  return warnings;
}

/** What the simulator models of links and flows, and processes on one machine do not enforce. */
import type { EnvironmentConfig } from '../../core/environment/environment.ts';

/** As sentences. */
export function flowWarnings({ flows, links, traffic }: EnvironmentConfig): string[] {
  const warnings: string[] = [];
  if (links.length > 0) {
    warnings.push(
      'environment.links is not enforced: links keep the bandwidth and latency that ' +
        'environment.network says, and none fails'
    );
  }
  if (traffic.length > 0) {
    warnings.push('environment.traffic is not sent: the run has its links for itself');
  }
  const { sharing, overhead, rateCap, slowStart } = flows;
  const said = [
    sharing === 'maxmin' ? [] : 'sharing',
    overhead.bytes === '0B' && overhead.time === '0s' ? [] : 'overhead',
    rateCap === null ? [] : 'rateCap',
    slowStart === null ? [] : 'slowStart'
  ].flat();
  if (said.length > 0) {
    warnings.push(
      `environment.flows (${said.join(', ')}) is for the simulator: sockets share links and ` +
        'start as those of this machine do'
    );
  }
  return warnings;
}

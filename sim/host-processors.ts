/** The processors of a run's hosts, as the configuration says it. */
import type { Config } from '../core/config.ts';
import { busyPaces } from '../core/environment/background.ts';
import type { FaultConfig } from '../core/environment/faults/fault.ts';
import { hostConfig, hostNames, paceOnHost, sharesHosts } from '../core/environment/hosts.ts';
import type { NodeId } from '../core/node.ts';
import { nameKey } from '../core/random.ts';
import { Processors } from './processors.ts';

/**
 * The processors that the nodes share; null where each has a core at full speed whenever it wants one,
 * and time is what work takes.
 */
export function processorsOf(
  { environment, seed }: Config,
  ids: readonly NodeId[],
  hostOf: readonly number[]
): Processors | null {
  const { hosts, faults } = environment;
  if (!sharesHosts(hosts, ids) && !faults.some(changesSpeed)) return null;
  const names = hostNames(ids, hostOf);
  const configs = names.map(name => hostConfig(hosts, name));
  const { machine } = hosts;
  // Whose cores a host has: its own, or those of the machine that all of them share.
  const coresOf = (host: number): number => (machine === null ? host : 0);
  const loads = configs.flatMap(({ background }, host) =>
    busyPaces(background, seed, nameKey(names[host]!)).map(pace => ({ host: coresOf(host), pace }))
  );
  const processes = ids.map((id, index) => {
    const host = hostOf[index]!;
    return { host: coresOf(host), pace: paceOnHost(hosts, seed, id, names[host]!) };
  });
  const own = configs.map(({ cores }) => (cores === 'unlimited' ? Infinity : cores));
  return new Processors(machine === null ? own : [machine], processes, loads);
}

// A process can be stopped and slowed down only where its work is a job of a processor.
function changesSpeed({ kind }: FaultConfig): boolean {
  return kind === 'pause' || kind === 'slow-node';
}

/** What of the hosts and prices of an environment real processes are not held to. */
import type { Config } from '../../core/config.ts';
import { createPrices } from '../../core/environment/costs.ts';
import { hostConfig } from '../../core/environment/hosts.ts';
import { nodeIds } from '../../core/node-id.ts';

/** Warnings as sentences, for a run whose environment was enforced otherwise. */
export function hostWarnings(config: Config): string[] {
  const { hosts, costs } = config.environment;
  const ids = nodeIds(config);
  const all = ids.map(id => hostConfig(hosts, id));
  const loads = all.flatMap(({ background }) => background);
  const warnings: string[] = [];
  if (all.some(({ cores }) => cores !== 'unlimited')) {
    warnings.push('processes share the cores of this machine, not those of environment.hosts');
  }
  if (hosts.machine !== null) {
    warnings.push(
      `processes share the cores that their machines have, not the ${hosts.machine} of ` +
        'environment.hosts.machine'
    );
  }
  if (hosts.held !== null) {
    warnings.push(
      "environment.hosts.held is the simulator's: real gradients take what they take of a core"
    );
  }
  if (all.some(({ gpu }) => gpu.kind !== 'none')) {
    warnings.push(
      'gradients are held to the compute law alone: the queues and PCIe links of the GPUs in ' +
        'environment.hosts are not enforced'
    );
  }
  if (loads.some(load => load.kind === 'processes')) {
    warnings.push('the background processes of environment.hosts do not run');
  }
  const stopped = ids.some(id => {
    if (id.startsWith('w')) return false;
    const { preemption, background } = hostConfig(hosts, id);
    return preemption.length > 0 || background.some(load => load.kind === 'share');
  });
  const paced = all.some(({ preemption, background }) => {
    return preemption.length > 0 || background.some(load => load.kind === 'share');
  });
  if (paced) {
    warnings.push(
      'preemption and background load of environment.hosts make gradients take longer, and stop ' +
        `no process from handling messages${stopped ? '; servers and coordinator meet none' : ''}`
    );
  }
  if (ids.some(id => createPrices(costs, config.seed, id) !== null)) {
    warnings.push("the prices in environment.costs are the simulator's: work takes what it takes");
  }
  return warnings;
}

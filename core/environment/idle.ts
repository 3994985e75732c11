/**
 * Parameters that can have no effect in a configuration: not wrong, but not what somebody meant who
 * set them. The `run` command prints each as a warning.
 */
import type { Config } from '../config.ts';
import { nodeIds } from '../node-id.ts';
import type { Misfit } from './environment.ts';
import { idleFaults } from './faults/idle.ts';
import { idleCompute } from './idle-compute.ts';
import { idleFlows } from './idle-flows.ts';
import { idleHosts } from './idle-hosts.ts';
import { idleNetwork } from './network/idle.ts';

/** All there are, by their path in the configuration. */
export function idleParameters(config: Config): Misfit[] {
  return [
    ...networkRules(config),
    ...idleFlows(config),
    ...idleCompute(config),
    ...idleHosts(config),
    ...faultRules(config)
  ];
}

function networkRules(config: Config): Misfit[] {
  return idleNetwork(config.environment.network, nodeIds(config)).map(({ path, message }) => ({
    path: ['environment', 'network', ...path],
    message
  }));
}

function faultRules(config: Config): Misfit[] {
  return idleFaults(config).map(({ path, message }) => ({
    path: ['environment', ...path],
    message
  }));
}

/**
 * The network as a configuration says it: what joins the hosts, how fast, and which host a node is
 * on. One file a shape in `network/`. `sim` models it; `exec` enforces it where its processes share a
 * machine.
 */
import { z } from 'zod';
import type { NodeId } from '../node.ts';
import { formatShortForm, kindErrors, type ShortForms, withShortForms } from '../short-form.ts';
import { unreachable } from '../unreachable.ts';
import { type Fabric, NetworkError } from './network/fabric.ts';
import { buildFatTree, FatTreeSchema, fatTreeForm } from './network/fat-tree.ts';
import { buildGraph, GraphSchema, graphForm, isUnread } from './network/graph.ts';
import { buildRacks, RacksSchema, racksForm } from './network/racks.ts';
import { buildStar, StarSchema, starForm } from './network/star.ts';
import { buildTwoLevel, TwoLevelSchema, twoLevelForm } from './network/two-level.ts';
import { buildWan, WanSchema, wanForm } from './network/wan.ts';

export { fatTree } from './network/fat-tree.ts';
export { graph } from './network/graph.ts';
export type { PortOptions } from './network/nic.ts';
export { racks } from './network/racks.ts';
export { type StarConfig, star } from './network/star.ts';
export { twoLevel } from './network/two-level.ts';
export { wan } from './network/wan.ts';

const forms = {
  ideal: { fields: [], example: 'ideal' },
  star: starForm,
  racks: racksForm,
  'two-level': twoLevelForm,
  'fat-tree': fatTreeForm,
  wan: wanForm,
  graph: graphForm
} as const satisfies ShortForms<string>;

const schema = z.discriminatedUnion(
  'kind',
  [
    /** Messages take no time. */
    z.strictObject({ kind: z.literal('ideal') }),
    StarSchema,
    RacksSchema,
    TwoLevelSchema,
    FatTreeSchema,
    WanSchema,
    GraphSchema
  ],
  kindErrors('network', forms)
);

/** A network, or its short form. */
export const NetworkSchema = withShortForms('network', forms, schema);
/** A network as an experiment writes it. */
export type NetworkInput = z.input<typeof NetworkSchema>;
export type NetworkConfig = z.output<typeof schema>;
/** A network that has links. */
export type LinkedConfig = Exclude<NetworkConfig, { readonly kind: 'ideal' }>;

/** Messages take no time. */
export function ideal() {
  return { kind: 'ideal' } as const;
}

/** Short form, `star:10Gbps:50us`; JSON where hosts differ. */
export function formatNetwork(config: NetworkConfig): string {
  if (config.kind === 'graph' && config.file !== null) return `graph:${config.file}`;
  return formatShortForm(forms, config);
}

/** Puts the nodes on the network's hosts and builds it. Throws `NetworkError` where they do not fit. */
export function buildFabric(config: LinkedConfig, nodes: readonly NodeId[]): Fabric {
  switch (config.kind) {
    case 'star':
      return buildStar(config, nodes);
    case 'racks':
      return buildRacks(config, nodes);
    case 'two-level':
      return buildTwoLevel(config, nodes);
    case 'fat-tree':
      return buildFatTree(config, nodes);
    case 'wan':
      return buildWan(config, nodes);
    case 'graph':
      if (isUnread(config)) throw new Error(`network: ${config.file} has not been read`);
      return buildGraph(config, nodes);
    default:
      return unreachable(config);
  }
}

/** What of a network does not fit a run of these nodes: at most the first that is found. */
export function networkMisfits(
  config: NetworkConfig,
  nodes: readonly NodeId[]
): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  // What a file holds is looked at once it has been read.
  if (config.kind === 'ideal' || (config.kind === 'graph' && isUnread(config))) return [];
  try {
    const fabric = buildFabric(config, nodes);
    if (config.kind === 'graph') checkWays(fabric, nodes);
    return [];
  } catch (error) {
    if (error instanceof NetworkError) return [{ path: error.path, message: error.message }];
    throw error;
  }
}

// Workers and servers exchange params; all of them hear the coordinator, and servers each other.
function checkWays({ hostOf, route }: Fabric, nodes: readonly NodeId[]): void {
  nodes.forEach((one, from) => {
    nodes.forEach((other, to) => {
      if (one === other || (one.startsWith('w') && other.startsWith('w'))) return;
      route(hostOf[from]!, hostOf[to]!);
    });
  });
}

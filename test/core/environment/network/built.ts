/** Networks built for tests, and what is asked of them. */
import type { Fabric } from '../../../../core/environment/network/fabric.ts';
import {
  buildFabric,
  type NetworkInput,
  NetworkSchema,
  networkMisfits
} from '../../../../core/environment/network.ts';
import type { NodeId } from '../../../../core/node.ts';

/** The network for these nodes. */
export function built(input: NetworkInput, nodes: readonly NodeId[]): Fabric {
  const config = NetworkSchema.parse(input);
  if (config.kind === 'ideal') throw new Error('an ideal network has no links');
  return buildFabric(config, nodes);
}

/** `path: message` of what does not fit; null when all does. */
export function misfit(input: NetworkInput, nodes: readonly NodeId[]): string | null {
  const [first] = networkMisfits(NetworkSchema.parse(input), nodes);
  return first === undefined ? null : `${first.path.join('.')}: ${first.message}`;
}

/** Names of the links from one host to another. */
export function namesOf(fabric: Fabric, from: string, to: string): string[] {
  return routeOf(fabric, from, to).map(link => fabric.links[link]!.name);
}

/** One way, in nanoseconds. */
export function latencyOf(fabric: Fabric, from: string, to: string): number {
  const links = routeOf(fabric, from, to).map(link => fabric.links[link]!);
  return links.reduce((sum, { latencyNanos }) => sum + latencyNanos, 0);
}

function routeOf({ hosts, route }: Fabric, from: string, to: string): readonly number[] {
  return route(hosts.indexOf(from), hosts.indexOf(to));
}

/** Throws unless every route leads from link to link, from its host to the other. */
export function checkRoutes({ hosts, links, route }: Fabric): void {
  hosts.forEach((from, a) => {
    hosts.forEach((to, b) => {
      if (a === b) return;
      let at: string | null = from;
      for (const index of route(a, b)) {
        const link = links[index]!;
        if (link.from !== at) throw new Error(`${from} to ${to}: ${link.name} is not at ${at}`);
        at = link.to;
      }
      if (at !== to) throw new Error(`${from} to ${to} ends at ${at}`);
    });
  });
}

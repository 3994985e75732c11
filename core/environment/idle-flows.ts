/** What is said of flows, links and cross traffic, and has no effect. */
import type { Config } from '../config.ts';
import type { NodeId } from '../node.ts';
import { nodeIds } from '../node-id.ts';
import { parseBandwidth, parseDuration, parseSize } from '../units.ts';
import type { EnvironmentConfig, Misfit } from './environment.ts';
import { FlowsSchema } from './flows.ts';
import { endNanos } from './idle-times.ts';
import { goesDown, type LinkConfig, linksNamed, profilesOf } from './links.ts';
import type { Fabric, FabricLink } from './network/fabric.ts';
import { isUnread } from './network/graph.ts';
import { buildFabric } from './network.ts';

/** Parameters without an effect, by their path in the configuration. */
export function idleFlows(config: Config): Misfit[] {
  const { environment } = config;
  const { network, links } = environment;
  const unknown = network.kind === 'ideal' || (network.kind === 'graph' && isUnread(network));
  const fabric = unknown ? null : buildFabric(network, nodeIds(config));
  const said = [
    ...idleSettings(environment),
    ...(fabric === null ? [] : idleCap(environment, fabric.links)),
    ...(fabric === null ? [] : idleSlowStart(environment, fabric, nodeIds(config))),
    ...(fabric === null ? [] : idleBursts(environment, fabric.hosts)),
    ...idleLinks(links, fabric?.links ?? []),
    ...idleTraffic(config)
  ];
  return said.map(({ path, message }) => ({ path: ['environment', ...path], message }));
}

function idleSettings({ network, flows }: EnvironmentConfig): Misfit[] {
  const unset = FlowsSchema.parse({});
  const said = (['sharing', 'overhead', 'rateCap', 'slowStart'] as const).filter(
    field => JSON.stringify(flows[field]) !== JSON.stringify(unset[field])
  );
  const idle: Misfit[] = [];
  const reason =
    network.kind === 'ideal'
      ? 'an ideal network has no links that flows could share'
      : flows.model === 'chunks'
        ? 'the model is "chunks", and this is of "fluid"'
        : null;
  if (reason !== null)
    for (const field of said) idle.push({ path: ['flows', field], message: reason });
  if (flows.model === 'chunks' && network.kind === 'ideal') {
    idle.push({ path: ['flows', 'model'], message: 'an ideal network has no links to cross' });
  }
  if (flows.model !== 'chunks' && JSON.stringify(flows.chunks) !== JSON.stringify(unset.chunks)) {
    idle.push({
      path: ['flows', 'chunks'],
      message: 'the model is "fluid", and this is of "chunks"'
    });
  }
  return idle;
}

function idleCap({ flows, links }: EnvironmentConfig, fabric: readonly FabricLink[]): Misfit[] {
  const { rateCap, model } = flows;
  if (rateCap === null || model === 'chunks') return [];
  if (links.some(({ bandwidth, file }) => bandwidth.length > 0 || file !== null)) return [];
  const most = fabric.reduce((most, { bytesPerSecond }) => Math.max(most, bytesPerSecond), 0);
  if (parseBandwidth(rateCap) < most) return [];
  return [{ path: ['flows', 'rateCap'], message: 'no link carries more' }];
}

/** Nodes whose ways are looked at, each to each; of more it isn't worth the time. */
const waysMax = 256;

// It bounds nobody where on every way the first window in a round trip is as much as its links carry.
function idleSlowStart(
  { flows, links, traffic }: EnvironmentConfig,
  { hostOf, links: all, route }: Fabric,
  nodes: readonly NodeId[]
): Misfit[] {
  const { slowStart, rateCap, sharing, model } = flows;
  if (slowStart === null || model === 'chunks' || nodes.length > waysMax) return [];
  // What changes, what others send, and the factors of lv08 would have to be reckoned with.
  if (links.length > 0 || traffic.length > 0 || sharing === 'lv08') return [];
  const window = parseSize(slowStart.window);
  const cap = rateCap === null ? Infinity : parseBandwidth(rateCap);
  const binds = (from: number, to: number): boolean => {
    const way = route(hostOf[from]!, hostOf[to]!).map(link => all[link]!);
    const latency = way.reduce((sum, { latencyNanos }) => sum + latencyNanos, 0);
    const least = way.reduce((least, { bytesPerSecond }) => Math.min(least, bytesPerSecond), cap);
    return latency > 0 && (window / (2 * latency)) * 1e9 < least;
  };
  const slow = nodes.some((one, from) =>
    nodes.some((other, to) => {
      // Workers send each other nothing.
      if (one === other || (one.startsWith('w') && other.startsWith('w'))) return false;
      return binds(from, to);
    })
  );
  const message = 'a first window a round trip is more than the links carry, so it bounds nobody';
  return slow ? [] : [{ path: ['flows', 'slowStart'], message }];
}

function idleBursts({ flows }: EnvironmentConfig, hosts: readonly string[]): Misfit[] {
  if (flows.model !== 'chunks') return [];
  return Object.keys(flows.chunks.burstOf).flatMap(name => {
    if (name === 'workers' || name === 'servers' || hosts.includes(name)) return [];
    return [
      { path: ['flows', 'chunks', 'burstOf', name], message: 'no host of this run has that name' }
    ];
  });
}

function idleLinks(configs: readonly LinkConfig[], links: readonly FabricLink[]): Misfit[] {
  const names = links.map(({ name }) => name);
  return configs.flatMap((config, i): Misfit[] => {
    const tell = (message: string, ...field: string[]): Misfit[] => {
      return [{ path: ['links', i, ...field], message }];
    };
    const { policy, duplex, file, every, whenDown } = config;
    const changes = Object.values(profilesOf(config)).some(points => points.length > 0);
    if (policy === null && duplex === null && file === null && !changes) {
      return tell('says nothing of it: a policy, a duplex or a profile would');
    }
    if (every !== null && file === null && !changes) {
      return tell('there is no profile that could begin anew', 'every');
    }
    if (whenDown === 'cut' && !goesDown(config.state) && file === null) {
      return tell('the link never goes down', 'whenDown');
    }
    const numbers = linksNamed(config.link, names);
    // Links of which no later entry says something of the same.
    const lastOf = (field: (typeof overridable)[number]): number[] => {
      const later = configs.slice(i + 1).filter(one => says(one, field));
      const again = new Set(later.flatMap(({ link }) => linksNamed(link, names)));
      return numbers.filter(number => !again.has(number));
    };
    for (const field of overridable) {
      if (says(config, field) && numbers.length > 0 && lastOf(field).length === 0) {
        return tell('a later entry of the list says another for the same links', field);
      }
    }
    if (policy === null) return [];
    const last = lastOf('policy');
    const earlier = configs.slice(0, i).some(one => one.policy !== null);
    const same = last.every(number => (links[number]!.policy ?? 'shared') === policy);
    return same && !earlier && numbers.length > 0
      ? tell(`${policy} is what they are`, 'policy')
      : [];
  });
}

/** What the last entry about a link says holds, of each of these. */
const overridable = ['policy', 'bandwidth', 'latency', 'state'] as const;

function says(config: LinkConfig, field: (typeof overridable)[number]): boolean {
  return field === 'policy' ? config.policy !== null : config[field].length > 0;
}

function idleTraffic(config: Config): Misfit[] {
  const end = endNanos(config);
  return config.environment.traffic.flatMap(({ start, messages, warmup }, i): Misfit[] => {
    if (parseDuration(start) >= end) {
      return [{ path: ['traffic', i, 'start'], message: 'the run has ended by then' }];
    }
    if (messages === null || warmup < messages) return [];
    const message = `all ${messages} messages are left out of the statistics`;
    return [{ path: ['traffic', i, 'warmup'], message }];
  });
}

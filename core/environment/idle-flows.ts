/** What is said of flows and has no effect. */
import type { EnvironmentConfig, Misfit } from './environment.ts';
import { FlowsSchema } from './flows.ts';
import { profilesOf } from './links.ts';

/** Parameters without an effect, by their path in the configuration. */
export function idleFlows({ network, flows, links }: EnvironmentConfig): Misfit[] {
  const path = ['environment', 'flows'];
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
    for (const field of said) idle.push({ path: [...path, field], message: reason });
  if (flows.model === 'chunks' && network.kind === 'ideal') {
    idle.push({ path: [...path, 'model'], message: 'an ideal network has no links to cross' });
  }
  if (flows.model !== 'chunks' && JSON.stringify(flows.chunks) !== JSON.stringify(unset.chunks)) {
    idle.push({
      path: [...path, 'chunks'],
      message: 'the model is "fluid", and this is of "chunks"'
    });
  }
  links.forEach((link, i) => {
    const profiles = Object.values(profilesOf(link)).some(points => points.length > 0);
    if (link.policy !== null || link.duplex !== null || link.file !== null || profiles) return;
    const message = 'says nothing of it: a policy, a duplex or a profile would';
    idle.push({ path: ['environment', 'links', i], message });
  });
  return idle;
}

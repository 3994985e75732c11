/**
 * Which of several paths of equal cost a pair of hosts takes, all of its messages the same one.
 *
 * `hash`: equal-cost multi-path (ECMP) as switches do it by flow, path `nameKey("w0 > s1") mod paths`:
 * even over many pairs, uneven over few, and the same whoever else there is and whatever the seed.
 * `destination`: by the place of the destination in its rack, so that the pairs of an all-to-all
 * exchange are even over the paths (Al-Fares, Loukissas, Vahdat: A scalable, commodity data center
 * network architecture; SIGCOMM 2008; section 3.3).
 */
import { z } from 'zod';
import { nameKey } from '../../random.ts';

export const RoutingSchema = z.enum(['hash', 'destination']);
export type Routing = z.output<typeof RoutingSchema>;

/** A number from 0 to `paths` - 1 for the ordered pair of hosts of these names. */
export function hashedPath(from: string, to: string, paths: number): number {
  return (nameKey(`${from} > ${to}`) >>> 0) % paths;
}

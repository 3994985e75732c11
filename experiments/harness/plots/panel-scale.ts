/** Whether panels may share an axis, or need one each to be read. */

/** Panels that reach farther apart than this have an axis each: on one the least would be a dot. */
const apartRatio = 3;

/** `reach` is how far the data of each panel goes along the axis; 0 or more. */
export function farApart(reach: readonly number[], ratio: number = apartRatio): boolean {
  return Math.max(...reach) > ratio * Math.min(...reach);
}

/** The largest value of each key, as `reach` of panels. */
export function reachByPanel(
  points: readonly { readonly panel: string; readonly at: number }[]
): Map<string, number> {
  const reach = new Map<string, number>();
  for (const { panel, at } of points) reach.set(panel, Math.max(reach.get(panel) ?? 0, at));
  return reach;
}

/** Configuration by dotted path, `environment.network.latency`: reading, setting, merging. */

/** Configuration on its way to `resolve`: nested objects, never changed in place. */
export type Tree = { readonly [key: string]: unknown };

/** The value at a path, or undefined. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  let value = tree;
  for (const key of path) value = isTree(value) ? value[key] : undefined;
  return value;
}

/** A copy with the value set at the path; objects on the way are made where there are none. */
export function withValue(tree: Tree, path: readonly string[], value: unknown): Tree {
  const [key, ...rest] = path;
  if (key === undefined) throw new Error('a path has at least one name');
  if (rest.length === 0) return { ...tree, [key]: value };
  const inner = tree[key];
  return { ...tree, [key]: withValue(isTree(inner) ? inner : {}, rest, value) };
}

/**
 * `over` laid upon `base`, field by field. An object with a `kind` is a choice of method and
 * replaces the other whole: half of a star network means nothing in an ideal one.
 */
export function merged(base: Tree, over: Tree): Tree {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = base[key];
    const fields = isTree(value) && isTree(below) && !('kind' in value);
    result[key] = fields ? merged(below, value) : value;
  }
  return result;
}

/** Whether it is a plain object. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

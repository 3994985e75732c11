/** What is said of all nodes, and where a role or a single node differs. */
import type { NodeId } from '../node.ts';

/** Some of the fields of T. */
export type Some<T> = { readonly [K in keyof T]?: T[K] | undefined };

export interface Overrides<T> {
  readonly workers: Some<T>;
  readonly servers: Some<T>;
  readonly nodes: Readonly<Record<string, Some<T>>>;
}

/** What holds for a node: what is said of it, else of its role, else of all. */
export function ofNode<T extends object>(all: T, overrides: Overrides<T>, node: NodeId): T {
  const role = node.startsWith('w') ? 'workers' : node.startsWith('s') ? 'servers' : null;
  const held = { ...all };
  for (const some of [role === null ? {} : overrides[role], overrides.nodes[node] ?? {}]) {
    for (const [name, value] of Object.entries(some)) {
      if (value !== undefined) Reflect.set(held, name, value);
    }
  }
  return held;
}

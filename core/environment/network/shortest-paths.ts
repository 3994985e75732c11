/** Ways of least cost through a directed graph (Dijkstra 1959), by a tree for each source. */

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly link: number;
  /** 0 or more. */
  readonly cost: number;
}

export class ShortestPaths {
  readonly #edges: readonly Edge[];
  /** Edges out of each vertex, as indices. */
  readonly #out: readonly number[][];
  /** By source: the edge by which each vertex is reached; -1 where it is not. */
  readonly #trees = new Map<number, Int32Array>();
  #joined: number[][] | null = null;

  /** `vertices` is how many there are. */
  constructor(vertices: number, edges: readonly Edge[]) {
    this.#edges = edges;
    this.#out = Array.from({ length: vertices }, (): number[] => []);
    edges.forEach(({ from }, index) => {
      this.#out[from]!.push(index);
    });
  }

  /** The links of the way, in order; null where there is none. */
  route(from: number, to: number): number[] | null {
    let tree = this.#trees.get(from);
    if (tree === undefined) {
      tree = this.#tree(from);
      this.#trees.set(from, tree);
    }
    const route: number[] = [];
    for (let at = to; at !== from; ) {
      const edge = this.#edges[tree[at]!];
      if (edge === undefined) return null;
      route.push(edge.link);
      at = edge.from;
    }
    return route.reverse();
  }

  /** Links from a vertex to the nearest of the first `targets`, whatever their direction; 1 or more. */
  distance(vertex: number, targets: number): number {
    const steps = new Map([[vertex, 0]]);
    const queue = [vertex];
    for (const at of queue) {
      if (at < targets) return steps.get(at)!;
      for (const next of this.#neighbours()[at]!) {
        if (steps.has(next)) continue;
        steps.set(next, steps.get(at)! + 1);
        queue.push(next);
      }
    }
    return 1;
  }

  #neighbours(): number[][] {
    if (this.#joined !== null) return this.#joined;
    const joined = this.#out.map((): number[] => []);
    for (const { from, to } of this.#edges) {
      joined[from]!.push(to);
      joined[to]!.push(from);
    }
    this.#joined = joined;
    return joined;
  }

  #tree(source: number): Int32Array {
    const size = this.#out.length;
    const tree = new Int32Array(size).fill(-1);
    const best: (Reach | undefined)[] = new Array<Reach | undefined>(size).fill(undefined);
    const heap: Reach[] = [];
    best[source] = { vertex: source, cost: 0, links: 0 };
    push(heap, best[source]);
    for (let at = pop(heap); at !== undefined; at = pop(heap)) {
      if (best[at.vertex] !== at) continue;
      for (const index of this.#out[at.vertex]!) {
        const { to, cost } = this.#edges[index]!;
        const reach = { vertex: to, cost: at.cost + cost, links: at.links + 1 };
        const known = best[to];
        if (known !== undefined && !shorter(reach, known)) continue;
        best[to] = reach;
        tree[to] = index;
        push(heap, reach);
      }
    }
    return tree;
  }
}

interface Reach {
  readonly vertex: number;
  readonly cost: number;
  readonly links: number;
}

/** Of ways of the same cost the one over fewer links. */
function shorter(one: Reach, other: Reach): boolean {
  return one.cost < other.cost || (one.cost === other.cost && one.links < other.links);
}

// A binary heap; what has been found a shorter way to since is skipped when it comes out.
function push(heap: Reach[], reach: Reach): void {
  let at = heap.push(reach) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!shorter(reach, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = reach;
}

function pop(heap: Reach[]): Reach | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && shorter(heap[child + 1]!, heap[child]!)) child += 1;
    if (!shorter(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}

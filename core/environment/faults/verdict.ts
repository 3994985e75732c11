/** What a fault does to messages between two nodes. */
import type { NodeId } from '../../node.ts';
import { parseDuration } from '../../units.ts';
import type { Strand } from './schedule.ts';
import type { Subject } from './subject.ts';

/** A fault on messages that is on. Nodes are whatever its user has for them. */
export interface Verdict<Node> {
  /** Whether what one node sends to another is kept until the end. */
  holds(from: Node, to: Node): boolean;
  concerns(from: Node, to: Node): boolean;
  /** How much later what it concerns arrives, in nanoseconds. */
  readonly extraNanos: number;
}

/** The verdict of a delay, a hold or a partition; null for other faults. */
export function verdictOf<Node>(
  { fault, subject }: Strand,
  nodeOf: (id: NodeId) => Node
): Verdict<Node> | null {
  switch (fault.kind) {
    case 'delay': {
      const concerns = concernOf(subject, nodeOf, false);
      return { concerns, holds: () => false, extraNanos: parseDuration(fault.extra) };
    }
    case 'hold':
    case 'partition': {
      const oneWay = fault.kind === 'partition' && fault.oneWay;
      const concerns = concernOf(subject, nodeOf, oneWay);
      return { concerns, holds: concerns, extraNanos: 0 };
    }
    default:
      return null;
  }
}

function concernOf<Node>(
  subject: Subject,
  nodeOf: (id: NodeId) => Node,
  oneWay: boolean
): (from: Node, to: Node) => boolean {
  switch (subject.kind) {
    case 'node': {
      const node = nodeOf(subject.node);
      return (from, to) => from === node || to === node;
    }
    case 'session': {
      const [a, b] = [nodeOf(subject.ends[0]), nodeOf(subject.ends[1])];
      return (from, to) => (from === a && to === b) || (from === b && to === a);
    }
    case 'groups': {
      const groups = new Map<Node, number>();
      subject.groups.forEach((group, number) => {
        for (const id of group) groups.set(nodeOf(id), number);
      });
      return (from, to) => {
        const [here, there] = [groups.get(from), groups.get(to)];
        if (here === undefined || there === undefined || here === there) return false;
        return !oneWay || here === 0;
      };
    }
  }
}

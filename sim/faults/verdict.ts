/** What a fault does to messages between two nodes. */
import type { Subject } from '../../core/environment/faults/subject.ts';
import type { NodeId } from '../../core/node.ts';
import type { Verdict } from './doors.ts';

/** The verdict of a fault on a node, a session, or across a partition. */
export function verdictOf(
  subject: Subject,
  indexOf: (id: NodeId) => number,
  { extraNanos, oneWay }: { readonly extraNanos: number; readonly oneWay: boolean }
): Verdict {
  const concerns = concernOf(subject, indexOf, oneWay);
  return { concerns, extraNanos, holds: extraNanos > 0 ? () => false : concerns };
}

function concernOf(
  subject: Subject,
  indexOf: (id: NodeId) => number,
  oneWay: boolean
): (from: number, to: number) => boolean {
  switch (subject.kind) {
    case 'node': {
      const node = indexOf(subject.node);
      return (from, to) => from === node || to === node;
    }
    case 'session': {
      const [a, b] = subject.ends.map(indexOf) as [number, number];
      return (from, to) => (from === a && to === b) || (from === b && to === a);
    }
    case 'groups': {
      const groups = new Map<number, number>();
      subject.groups.forEach((group, number) => {
        for (const id of group) groups.set(indexOf(id), number);
      });
      return (from, to) => {
        const [here, there] = [groups.get(from), groups.get(to)];
        if (here === undefined || there === undefined || here === there) return false;
        return !oneWay || here === 0;
      };
    }
  }
}

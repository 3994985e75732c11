/**
 * Whom a fault strikes, as a configuration names it: a node (`w2`), a role (`workers`, `servers`,
 * `nodes`), or the session between two of those (`w1-s0`, `workers-c`).
 */
import { z } from 'zod';
import type { NodeId } from '../../node.ts';
import { parseNodeId } from '../../node-id.ts';

/** What one fault strikes at a time. */
export type Subject =
  | { readonly kind: 'node'; readonly node: NodeId }
  | { readonly kind: 'session'; readonly ends: readonly [NodeId, NodeId] }
  | { readonly kind: 'groups'; readonly groups: readonly (readonly NodeId[])[] };

/** Names of nodes, roles and sessions: a list, or one text with commas. */
export function subjects(what: 'nodes' | 'sessions' | 'either') {
  return z
    .union([z.string(), z.array(z.string())], { error: `whom? ${examples[what]}` })
    .transform((value, context): string[] => {
      const names = typeof value === 'string' ? value.split(',') : value;
      const wrong = names.find(name => !isSubject(name, what));
      if (wrong === undefined && names.length > 0) return names;
      const whom = wrong === undefined ? 'nobody is named' : `"${wrong}" is none`;
      context.addIssue({ code: 'custom', message: `${whom}: ${examples[what]}` });
      return z.NEVER;
    });
}

/** Groups of nodes and roles that a partition parts: lists, or one text: `w0,w1/s0`. */
export const GroupsSchema = z
  .union([z.string(), z.array(z.array(z.string()))], { error: 'groups of nodes: "w0,w1/s0,w2"' })
  .transform((value, context): string[][] => {
    const groups =
      typeof value === 'string' ? value.split('/').map(group => group.split(',')) : value;
    const wrong = groups.flat().find(name => !isSubject(name, 'nodes'));
    const message =
      wrong !== undefined
        ? `"${wrong}" is none: ${examples.nodes}`
        : groups.length < 2 || groups.some(group => group.length === 0)
          ? 'a partition has two groups or more, each with a node: "w0,w1/s0,w2"'
          : null;
    if (message === null) return groups;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

const examples = {
  nodes: 'a node or a role is right: w2, s0, c, workers, servers, nodes',
  sessions: 'a session is right: w1-s0, workers-s0, w2-c',
  either: 'a node, a role or a session is right: w2, servers, w1-s0, workers-c'
} as const;

const roles = ['workers', 'servers', 'nodes'];

function isSubject(name: string, what: 'nodes' | 'sessions' | 'either'): boolean {
  const ends = name.split('-');
  if (!ends.every(end => roles.includes(end) || parseNodeId(end) !== null)) return false;
  return (ends.length === 1 && what !== 'sessions') || (ends.length === 2 && what !== 'nodes');
}

/** A name that this run has not, in words. */
export class NoSuchSubject extends Error {}

/** The nodes of a run that are named, each once, in the order of naming. Throws `NoSuchSubject`. */
export function nodesNamed(names: readonly string[], ids: readonly NodeId[]): NodeId[] {
  const nodes = new Set<NodeId>();
  for (const name of names) for (const id of nodesOf(name, ids)) nodes.add(id);
  return [...nodes];
}

/** The nodes and sessions that are named, each once. Throws `NoSuchSubject`. */
export function subjectsNamed(names: readonly string[], ids: readonly NodeId[]): Subject[] {
  const named = new Map<string, Subject>();
  for (const name of names) {
    const [first = '', second] = name.split('-');
    if (second === undefined) {
      for (const node of nodesOf(first, ids)) named.set(node, { kind: 'node', node });
    } else {
      for (const ends of sessionsOf(name, nodesOf(first, ids), nodesOf(second, ids))) {
        const key = ends[0] < ends[1] ? ends.join('-') : `${ends[1]}-${ends[0]}`;
        if (!named.has(key)) named.set(key, { kind: 'session', ends });
      }
    }
  }
  return [...named.values()];
}

/** Whether two nodes have a session: all have one with the coordinator, and workers with servers. */
export function haveSession(a: NodeId, b: NodeId): boolean {
  return a[0] !== b[0];
}

/** `w2`, `w1-s0`, `w0,w1/s0`. */
export function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'node':
      return subject.node;
    case 'session':
      return subject.ends.join('-');
    case 'groups':
      return subject.groups.map(group => group.join(',')).join('/');
  }
}

function nodesOf(name: string, ids: readonly NodeId[]): NodeId[] {
  if (name === 'nodes') return [...ids];
  if (roles.includes(name)) return ids.filter(id => id.startsWith(name.charAt(0)));
  const node = ids.find(id => id === name);
  if (node !== undefined) return [node];
  throw new NoSuchSubject(`there is no ${name} in this run: ${rangesOf(ids)}`);
}

function sessionsOf(name: string, these: NodeId[], those: NodeId[]): [NodeId, NodeId][] {
  const sessions = these.flatMap(a =>
    those.filter(b => haveSession(a, b)).map((b): [NodeId, NodeId] => [a, b])
  );
  if (sessions.length > 0) return sessions;
  throw new NoSuchSubject(
    `${name} is no session: workers have one with each server, and all with the coordinator`
  );
}

function rangesOf(ids: readonly NodeId[]): string {
  const range = (role: string): string => {
    const last = ids.filter(id => id.startsWith(role)).length - 1;
    return last === 0 ? `${role}0` : `${role}0 to ${role}${last}`;
  };
  return `c, ${range('s')}, ${range('w')}`;
}

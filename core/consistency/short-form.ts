/** Reading short forms and snapshots of consistency models. */
import type { SnapshotValue } from '../node.ts';

/** For a model without arguments: refuses one. */
export function noArgument<C>(kind: string, argument: string | null, config: C): C {
  if (argument !== null) throw new Error(`${kind} takes no argument: write "${kind}"`);
  return config;
}

/** Numbers as a snapshot holds them. Throws on anything else. */
export function numbers(value: SnapshotValue | undefined): number[] {
  if (!Array.isArray(value)) throw new Error('a snapshot lacks a list of numbers');
  return value.map(Number);
}

/** Pairs of numbers as a snapshot holds them. Throws on anything else. */
export function clockEntries(value: SnapshotValue | undefined): [number, number][] {
  if (!Array.isArray(value)) throw new Error('a snapshot lacks its clocks');
  return value.map(pair => [Number(pair[0]), Number(pair[1])]);
}

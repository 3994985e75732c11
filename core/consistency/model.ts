/**
 * A consistency model: one file, one builder, one schema, one rule. The rule decides two things and
 * nothing else: what becomes of a contribution, and when an iteration may start. `server.ts` holds
 * the values and does what the rule decides; `worker.ts` knows no rule.
 */
import type { z } from 'zod';
import type { Snapshot } from '../node.ts';
import type { View } from '../view.ts';

/** Where a model's decisions are taken: by every shard for itself, or once, by the sequencer. */
export type Decides = 'per-shard' | 'sequenced';

/** A model as it is registered (`registry.ts`). `C` is its configuration, `{ kind, ... }`. */
export interface ConsistencyModel<C extends { readonly kind: string }> {
  readonly kind: C['kind'];
  readonly schema: z.ZodType<C>;
  readonly decides: Decides;
  /** Whether the rule looks at values; a timing-only run of such a model is refused. */
  readonly needsValues: boolean;
  /** Reads the short form, what follows the colon (`4` of `ssp:4`); throws with the right form. */
  parse(argument: string | null): C;
  /** Short form, as in tables and on the command line. */
  format(config: C): string;
  /**
   * The staleness bound s that the model promises: iteration c starts only when every live worker
   * has ended iteration c - s - 1. What `--check` holds runs to; left out where there is none.
   */
  bound?(config: C): number;
  /** A fresh rule, or the one of a snapshot. `view` is the membership it starts with. */
  rule(config: C, view: View, restored: Snapshot | null): Rule;
}

/** What a rule is told of a contribution: never its values. */
export interface Arrival {
  readonly worker: number;
  readonly clock: number;
  /** Version that it was computed from, and the version of the shard now. */
  readonly base: number;
  readonly version: number;
  readonly samples: number;
  readonly empty: boolean;
}

/**
 * What a rule decides, in order. Folds add contributions to the open update, one float32 addition
 * each in this very order; `commit` applies the open update and makes one version.
 */
export type Decision =
  /** Adds the contribution (worker, clock), times `weight`, to the open update. */
  | {
      readonly kind: 'fold';
      readonly worker: number;
      readonly clock: number;
      readonly weight: number;
    }
  /**
   * Applies the open update: the sum of its folds times `gradientScale`, with the learning rate
   * times `rateScale`. BSP commits the mean (1/P, 1), ASP one gradient at rate 1/P (1, 1/P).
   */
  | { readonly kind: 'commit'; readonly gradientScale: number; readonly rateScale: number }
  /** The contribution becomes no part of any update. */
  | {
      readonly kind: 'drop';
      readonly worker: number;
      readonly clock: number;
      readonly fate: 'dropped' | 'stale' | 'empty';
    }
  /** Orders the worker to give up the computation of `clock`. */
  | {
      readonly kind: 'abort';
      readonly worker: number;
      readonly clock: number;
      readonly restart: boolean;
    }
  /** Sends these workers the params unasked. */
  | { readonly kind: 'offer'; readonly workers: readonly number[] };

/** The state machine of a model at one shard (or at the sequencer). */
export interface Rule {
  /** A contribution is here (each once; duplicates are rejected before). Returns what follows. */
  arrive(arrival: Arrival): readonly Decision[];
  /** May `worker` start the iteration `clock` from the params as they are now? */
  admits(worker: number, clock: number): boolean;
  /**
   * A counter that grows whenever `admits` may have turned true for somebody: parked wishes are
   * looked at again only then.
   */
  readonly gate: number;
  /** The slowest clock over the live members. */
  readonly slowest: number;
  /** Membership has changed: decisions about contributions of the departed, and what they release. */
  changeView(view: View): readonly Decision[];
  /**
   * Whether no update made only of contributions before these clocks (index: worker) is still to
   * come: the shard's part of a cut is complete. `version` counts commits.
   */
  cutComplete(clocks: ReadonlyMap<number, number>, version: number): boolean;
  snapshot(): Snapshot;
}

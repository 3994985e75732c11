/**
 * Every message between nodes: a closed union, each member with exactly its fields. The codec
 * (`codec.ts`) is the only encoder; `describe` prints one message as one line.
 */
import type { NodeId, StopReason } from './node.ts';
import type { Payload } from './params.ts';
import type { KeySet } from './tensors.ts';
import type { View } from './view.ts';

export type Message =
  | Join
  | ViewChange
  | Pull
  | Push
  | Answer
  | Offer
  | Abort
  | Arrived
  | Decided
  | Reduce
  | CutRequest
  | Mark
  | CutPart
  | Progress
  | Finished
  | Failed
  | Halt
  | Halted
  | Heartbeat
  | Replicate
  | Replicated
  | Segment;

/** node -> coordinator: ready to take part. */
export interface Join {
  readonly kind: 'join';
  readonly incarnation: number;
}

/** coordinator -> all: the membership from now on. The first one starts the run. */
export interface ViewChange {
  readonly kind: 'view';
  readonly view: View;
}

/** worker -> server: params without a push: at the start, after a restore, or ahead of need. */
export interface Pull {
  readonly kind: 'pull';
  readonly view: number;
  /** The iteration that will start from them. */
  readonly clock: number;
  readonly keys: KeySet;
  /** Version that the worker holds and a delta may be based on. */
  readonly base: number | null;
}

/**
 * worker -> server: one contribution to one shard, and usually the wish for the params of the next
 * iteration. Identity of the update: (worker, incarnation, clock, round) at a shard.
 */
export interface Push {
  readonly kind: 'push';
  readonly view: number;
  readonly incarnation: number;
  readonly clock: number;
  /** Round of a compressor that needs several before an update is whole (PowerSGD has two). */
  readonly round: number;
  /** The newest cut the worker knows of: the contribution is made after it. */
  readonly cut: number;
  /** Version of this shard that the contribution was computed from. */
  readonly base: number;
  readonly contribution: Contribution;
  readonly want: Want | null;
  /** Iterations that an aggregator has summed into this one; null where the sender speaks for itself. */
  readonly origins: readonly Origin[] | null;
}

/** What a push carries. An empty one ends an iteration that brought nothing. */
export type Contribution =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'gradient' | 'delta' | 'model';
      readonly keys: KeySet;
      readonly payload: Payload;
      /** Samples behind it: the weight in a mean over unequal batches. */
      readonly samples: number;
    };

/** Params wanted for the iteration that follows. */
export interface Want {
  readonly keys: KeySet;
  readonly base: number | null;
}

/** One worker's iteration inside an aggregated contribution. */
export interface Origin {
  readonly worker: number;
  readonly incarnation: number;
  readonly clock: number;
  readonly base: number;
}

/**
 * server -> worker: up to three answers in one message. `received`: durable as promised, stop
 * resending. `settled`: the fate of earlier contributions. `reply`: the params wanted.
 */
export interface Answer {
  readonly kind: 'answer';
  readonly view: number;
  /** Clock of the push or pull that is answered. */
  readonly clock: number;
  readonly round: number;
  readonly received: boolean;
  readonly settled: readonly Settlement[];
  readonly reply: Reply | null;
}

/** The fate of one contribution at one shard. */
export interface Settlement {
  readonly clock: number;
  readonly fate: Fate;
  /** Factor on the learning rate with which it was applied; 0 when it was not. */
  readonly weight: number;
  /** Versions applied between its read and its application, its own not counted. */
  readonly staleness: number;
}

/**
 * `dropped`: not part of any update, by the rule; `stale`: refused for its age; `empty`: nothing to
 * apply.
 */
export type Fate = 'applied' | 'dropped' | 'stale' | 'empty';

/** What a pull brings back. */
export interface Reply {
  /** Params of the shard, or the aggregate of a compressor's round. */
  readonly what: 'params' | 'aggregate';
  /** The iteration that may start from it. */
  readonly clock: number;
  readonly version: number;
  /** The slowest clock at the shard. A joiner begins at the largest of those it is told. */
  readonly slowest: number;
  readonly keys: KeySet;
  /** Version that the payload is a difference to; null for whole values. */
  readonly base: number | null;
  readonly payload: Payload;
  /** How long the wish was parked by the consistency model. */
  readonly parkedNanos: number;
}

/** server -> worker, unasked: newer params (ESSP). */
export interface Offer {
  readonly kind: 'offer';
  readonly view: number;
  readonly reply: Reply;
}

/** server -> worker: give up the computation of `clock`; start it again from fresh params, or end it. */
export interface Abort {
  readonly kind: 'abort';
  readonly view: number;
  readonly clock: number;
  readonly restart: boolean;
}

/** shard -> sequencer: a contribution is here and waits for a decision. */
export interface Arrived {
  readonly kind: 'arrived';
  readonly view: number;
  readonly worker: number;
  readonly incarnation: number;
  readonly clock: number;
  readonly base: number;
  readonly samples: number;
}

/** sequencer -> shards: what makes up the next update; shards follow in the order of `number`. */
export interface Decided {
  readonly kind: 'decided';
  readonly view: number;
  readonly number: number;
  readonly steps: readonly DecidedStep[];
}

/**
 * One step of a decision: what `Decision` of `consistency/model.ts` says at one shard, with the
 * incarnation that it speaks of. A step may come before the payload or the wish that it names.
 */
export type DecidedStep =
  | (Named & { readonly kind: 'fold'; readonly weight: number })
  | (Named & { readonly kind: 'drop'; readonly fate: Exclude<Fate, 'applied'> })
  | { readonly kind: 'commit'; readonly gradientScale: number; readonly rateScale: number }
  /** The iteration `clock` of the worker may start from the params as they are at this step. */
  | (Named & { readonly kind: 'admit' })
  | (Named & { readonly kind: 'abort'; readonly restart: boolean });

/** One iteration of one life of a worker. */
interface Named {
  readonly worker: number;
  readonly incarnation: number;
  readonly clock: number;
}

/** shard -> sequencer and back: parts of a sum over all params that a rule needs (a norm). */
export interface Reduce {
  readonly kind: 'reduce';
  readonly view: number;
  readonly number: number;
  readonly server: number;
  readonly sums: readonly number[];
}

/** coordinator -> workers: take cut `number`. `final`: nothing follows it. */
export interface CutRequest {
  readonly kind: 'cut';
  /** A cut belongs to the view that it is taken in; the next one voids it. */
  readonly view: number;
  readonly number: number;
  readonly final: boolean;
}

/** worker -> servers: my contributions of clocks below `clock` are before cut `number`. */
export interface Mark {
  readonly kind: 'mark';
  readonly view: number;
  readonly number: number;
  readonly clock: number;
  readonly final: boolean;
}

/** server -> coordinator: this shard's params at a cut. */
export interface CutPart {
  readonly kind: 'part';
  readonly number: number;
  readonly version: number;
  readonly gradients: number;
  readonly payload: Payload;
}

/** server of shard 0 -> coordinator: how far training is. */
export interface Progress {
  readonly kind: 'progress';
  readonly version: number;
  readonly gradients: number;
  readonly slowest: number;
}

/** worker -> coordinator: no further iteration will start here. */
export interface Finished {
  readonly kind: 'finished';
  readonly clock: number;
  /** The loss or a value of the gradient of this clock was not finite. */
  readonly diverged: boolean;
}

/** node -> coordinator: cannot go on. Ends the run. */
export interface Failed {
  readonly kind: 'failed';
  /** At most 255 ASCII characters. */
  readonly reason: string;
}

/** coordinator -> all: end. */
export interface Halt {
  readonly kind: 'halt';
  readonly reason: StopReason | 'diverged' | 'failed';
}

/** node -> coordinator: has ended. */
export interface Halted {
  readonly kind: 'halted';
}

/** node -> coordinator: alive, at this clock or version. */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  readonly progress: number;
}

/**
 * head of a shard -> its follower, and on along the chain: one input of the shard, in order, with
 * the head's time. Whatever changes the shard's state is among them.
 */
export interface Replicate {
  readonly kind: 'replicate';
  readonly view: number;
  readonly number: number;
  readonly at: number;
  readonly from: NodeId;
  readonly input: Push | Pull | Mark | Decided | ViewChange;
}

/** follower -> the one before it in the chain: everything up to `number` is held, here and behind. */
export interface Replicated {
  readonly kind: 'replicated';
  readonly view: number;
  readonly number: number;
}

/** worker -> worker: one step of an all-reduce or a gossip exchange. */
export interface Segment {
  readonly kind: 'segment';
  readonly view: number;
  readonly clock: number;
  readonly step: number;
  readonly keys: KeySet;
  readonly payload: Payload;
}

/** What a message's bytes are counted as. Evaluation is free in the simulator and counted apart. */
export type TrafficClass = 'training' | 'evaluation' | 'control';

/** The class of a message, for those who ask of every one: nearly all are of two kinds. */
export function trafficClassOf({ kind }: Message): TrafficClass {
  return kind === 'push' || kind === 'answer' ? 'training' : trafficClass[kind];
}

/** The class of every kind of message. */
export const trafficClass = {
  join: 'control',
  view: 'control',
  pull: 'training',
  push: 'training',
  answer: 'training',
  offer: 'training',
  abort: 'training',
  arrived: 'training',
  decided: 'training',
  reduce: 'training',
  cut: 'evaluation',
  mark: 'evaluation',
  part: 'evaluation',
  progress: 'evaluation',
  finished: 'control',
  failed: 'control',
  halt: 'control',
  halted: 'control',
  heartbeat: 'control',
  replicate: 'training',
  replicated: 'training',
  segment: 'training'
} as const satisfies Record<Message['kind'], TrafficClass>;

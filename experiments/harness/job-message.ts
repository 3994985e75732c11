/** What the command and its job processes say to each other. Plain JSON, over Node's own channel. */
import type { Config } from '../../core/config.ts';
import type { Outcome } from '../../core/node.ts';
import type { BackendName } from '../../exec/backends/backend.ts';
import type { RunLimits } from './run-limits.ts';

/** To a job process. */
export type JobRequest =
  /** Load the backend (null: the fastest that loads). The first request, once. */
  | { readonly kind: 'open'; readonly backend: BackendName | null }
  | ({ readonly kind: 'run' } & SimulatedJob);

/** One run to do and to store. */
export interface SimulatedJob {
  readonly id: string;
  readonly config: Config;
  /** Folder of the sweep. */
  readonly folder: string;
  /** Hash of the code, for the manifest. */
  readonly code: string;
  readonly trace: boolean;
  /** Whether every invariant is looked at after every event. */
  readonly check: boolean;
  readonly limits: RunLimits;
}

/** From a job process. */
export type JobReply =
  | { readonly kind: 'opened'; readonly backend: OpenedBackend }
  /** The backend does not load. */
  | { readonly kind: 'unopened'; readonly reason: string }
  | { readonly kind: 'progress'; readonly seconds: number; readonly evaluations: number }
  | { readonly kind: 'stored'; readonly outcome: Outcome }
  /** The run has failed, and nothing was stored: it is missing, and is done again next time. */
  | { readonly kind: 'failed'; readonly reason: string; readonly misconfigured: boolean };

/** A backend as manifests name it. */
export interface OpenedBackend {
  /** Name, version and threads: whatever changes the bits of a gradient. */
  readonly name: string;
  readonly device: string;
}

/**
 * What always holds of a run, looked at after every event: `slackline run --check`, and every
 * simulated run of the tests. The network has a watch of its own (`CheckedNetwork`); here are the
 * nodes, by the inputs that they are handed and the effects that they ask for.
 */
import { consistencyModels } from '../../core/consistency/registry.ts';
import { describe } from '../../core/describe.ts';
import type { Effect, Input, Instant, NodeId } from '../../core/node.ts';
import { rankOf } from '../../core/node-id.ts';
import type { RunSetup } from '../../core/setup.ts';
import { firstView } from '../../core/view.ts';
import { ClocksCheck } from './clocks-check.ts';
import { SessionsCheck } from './sessions-check.ts';
import { UpdatesCheck } from './updates-check.ts';
import { type Place, Violation } from './violation.ts';

export class Checks {
  readonly #clocks: ClocksCheck;
  readonly #sessions = new SessionsCheck();
  readonly #updates: UpdatesCheck;
  #now: Instant = 0;

  constructor({ config }: RunSetup) {
    const { consistency, workers, servers } = config;
    const model = consistencyModels.get(consistency.kind);
    const bound = model.bound?.(consistency) ?? Infinity;
    this.#clocks = new ClocksCheck(bound, firstView(workers, servers).workers);
    this.#updates = new UpdatesCheck(bound);
  }

  /** Time is at `now`, and the next event that waits is due at `next`. */
  turn(now: Instant, next: Instant): void {
    if (next >= now) return;
    const place = { at: now, node: 'the simulation', event: 'the queue of events' };
    throw new Violation('no event is in the past', `one is due at ${next} ns`, place);
  }

  /** A node has handled an input; its effects are yet to be performed. */
  handled(node: NodeId, now: Instant, input: Input, effects: readonly Effect[]): void {
    const place = placeOf(node, now, input);
    if (now < this.#now) {
      throw new Violation('no event is in the past', `${this.#now} ns came before`, place);
    }
    this.#now = now;
    if (input.kind === 'start' && input.incarnation > 0) this.#restarted(node);
    this.#sessions.handled(node, input, place);
    if (input.kind === 'message' && input.message.kind === 'push' && node.startsWith('s')) {
      this.#updates.pushed(node, rankOf(input.from), input.message);
    }
    this.#sessions.performed(node, effects);
    this.#clocks.performed(node, effects, place);
    for (const effect of effects) this.#perform(node, effect, place);
  }

  #restarted(node: NodeId): void {
    this.#updates.restarted(node);
    if (node.startsWith('w')) this.#clocks.restarted(rankOf(node));
  }

  #perform(node: NodeId, effect: Effect, place: Place): void {
    switch (effect.kind) {
      case 'send': {
        const { to, message } = effect;
        if (message.kind === 'answer' && node.startsWith('s')) {
          this.#updates.answered(node, rankOf(to), message, place);
        }
        if (message.kind === 'offer') this.#updates.told(node, message.reply.version, place);
        return;
      }
      case 'compute': {
        const { job } = effect;
        if (job.kind === 'gradient') {
          this.#updates.starts(job.worker, job.clock, job.params, place);
        }
        return;
      }
      case 'record':
        if (effect.row.kind === 'shard') this.#updates.summed(effect.row, place);
        return;
      default:
        return;
    }
  }
}

// The text is made when it is needed, which is hardly ever.
function placeOf(node: NodeId, at: Instant, input: Input): Place {
  return {
    at,
    node,
    get event() {
      return eventText(input);
    }
  };
}

function eventText(input: Input): string {
  switch (input.kind) {
    case 'message':
      return `${input.from} ${describe(input.message)}`;
    case 'timer':
      return `timer ${input.name}`;
    case 'computed':
      return `computed ${input.id}`;
    case 'session-up':
    case 'session-down':
      return `${input.kind} ${input.peer}`;
    default:
      return input.kind;
  }
}

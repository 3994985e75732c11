/** Workers that keep one rule company, for property tests: what a server would tell it, no server. */
import * as assert from 'uvu/assert';
import type { ConsistencyModel, Decision, Rule } from '../../../core/consistency/model.ts';
import { firstView, type Member, type View } from '../../../core/view.ts';

/** A live worker. Its clock counts what it has given; it waits for the iteration of that number. */
export interface Learner {
  readonly incarnation: number;
  clock: number;
  computing: boolean;
}

/** One event. `who` picks among those who can, `empty` makes the contribution bring nothing. */
export type Step =
  | { readonly kind: 'push'; readonly who: number; readonly empty: boolean }
  | { readonly kind: 'leave' | 'return' | 'join' | 'restore'; readonly who: number };

export class RuleRun<C extends { readonly kind: string }> {
  readonly #model: ConsistencyModel<C>;
  readonly #config: C;
  #rule: Rule;
  #view: View;
  #gate = 0;
  #version = 0;
  /** Live workers, ascending. */
  readonly learners = new Map<number, Learner>();
  readonly decisions: Decision[] = [];
  /** (worker, clock) of whoever waits, in the order of coming. */
  #waiting: [number, number][] = [];
  #incarnations: number;

  constructor(model: ConsistencyModel<C>, config: C, workers: number) {
    this.#model = model;
    this.#config = config;
    this.#view = firstView(workers, 1);
    this.#rule = model.rule(config, this.#view, null);
    this.#incarnations = workers;
    for (let rank = 0; rank < workers; rank++) {
      this.learners.set(rank, { incarnation: 0, clock: 0, computing: true });
    }
  }

  get rule(): Rule {
    return this.#rule;
  }

  /** The least clock over the live, by looking at all of them. */
  get slowest(): number {
    return Math.min(...[...this.learners.values()].map(({ clock }) => clock));
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'push': {
        const able = [...this.learners].filter(([, { computing }]) => computing);
        if (able.length > 0) this.push(able[step.who % able.length]![0], step.empty);
        break;
      }
      case 'leave':
        // The last one stays: a run without workers is over.
        if (this.learners.size > 1)
          this.#leave([...this.learners.keys()][step.who % this.learners.size]!);
        break;
      case 'return':
        this.#return([...this.learners.keys()][step.who % this.learners.size]!);
        break;
      case 'join':
        this.#join(step.who % 12);
        break;
      case 'restore':
        this.#restore();
    }
  }

  push(worker: number, empty = false): void {
    const learner = this.learners.get(worker)!;
    const clock = learner.clock;
    learner.clock += 1;
    learner.computing = false;
    this.#waiting.push([worker, clock + 1]);
    const base = Math.max(0, this.#version - 1);
    const samples = empty ? 0 : 32;
    this.#follow(
      this.#rule.arrive({ worker, clock, base, version: this.#version, samples, empty })
    );
  }

  /** Lets the workers push in turn until all have given `clock` iterations; fails if nobody can go on. */
  drain(clock: number): void {
    while (this.slowest < clock) {
      const able = [...this.learners].filter(([, learner]) => learner.computing);
      assert.ok(able.length > 0, 'somebody is always admitted');
      for (const [worker] of able) this.push(worker);
    }
  }

  #follow(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      this.decisions.push(decision);
      if (decision.kind === 'commit') this.#version += 1;
    }
    this.#admit();
    assert.is(this.#rule.slowest, this.slowest, 'the slowest clock is the least of all');
  }

  // As a server does: all of them when the gate has moved, else the latest. Nobody may be left
  // behind who could go: that is what the gate promises.
  #admit(): void {
    const all = this.#rule.gate !== this.#gate;
    this.#gate = this.#rule.gate;
    const candidates = all ? this.#waiting : this.#waiting.slice(-1);
    const admitted = candidates.filter(([worker, clock]) => this.#rule.admits(worker, clock));
    this.#waiting = this.#waiting.filter(wish => !admitted.includes(wish));
    for (const [worker] of admitted) this.learners.get(worker)!.computing = true;
    for (const [worker, clock] of this.#waiting) {
      assert.not(
        this.#rule.admits(worker, clock),
        `w${worker} could start ${clock} and was not asked`
      );
    }
  }

  #leave(rank: number): void {
    this.learners.delete(rank);
    this.#waiting = this.#waiting.filter(([worker]) => worker !== rank);
    this.#enter();
  }

  #return(rank: number): void {
    this.learners.delete(rank);
    this.#waiting = this.#waiting.filter(([worker]) => worker !== rank);
    this.#join(rank);
  }

  #join(rank: number): void {
    if (this.learners.has(rank)) return;
    // The joiner's own clock: the least of the others', or where the last view stood.
    const clock = this.learners.size === 0 ? this.#rule.slowest : this.slowest;
    this.#incarnations += 1;
    this.learners.set(rank, { incarnation: this.#incarnations, clock, computing: true });
    this.#enter();
    assert.ok(this.#rule.admits(rank, clock), 'a joiner begins at once');
  }

  #enter(): void {
    const sorted = [...this.learners].sort(([a], [b]) => a - b);
    const workers = sorted.map(([rank, { incarnation }]): Member => ({ rank, incarnation }));
    this.#view = { ...this.#view, number: this.#view.number + 1, workers };
    this.#follow(this.#rule.changeView(this.#view));
  }

  // The rule of a snapshot that has been text in between takes over.
  #restore(): void {
    const snapshot = JSON.parse(JSON.stringify(this.#rule.snapshot()));
    const before = this.#rule;
    this.#rule = this.#model.rule(this.#config, this.#view, snapshot);
    assert.equal(this.#rule.snapshot(), before.snapshot(), 'a restored rule has the same snapshot');
    this.#gate = this.#rule.gate;
  }
}

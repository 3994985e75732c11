/** The watch over nodes: every invariant can be seen broken, by a rule or a node that breaks it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { type Config, resolve } from '../../../core/config.ts';
import type { ConsistencyModel, Decision, Rule } from '../../../core/consistency/model.ts';
import { OnArrivalRule } from '../../../core/consistency/on-arrival.ts';
import { consistencyModels } from '../../../core/consistency/registry.ts';
import type { Answer } from '../../../core/message.ts';
import type { Effect, Input, Instant, NodeId, Result } from '../../../core/node.ts';
import type { Configured } from '../../../core/registry.ts';
import { type RunSetup, setupRun } from '../../../core/setup.ts';
import { createLearner } from '../../../exec/learning/learner.ts';
import { Checks } from '../../../sim/checks/checks.ts';
import { Violation } from '../../../sim/checks/violation.ts';
import { Simulation } from '../../../sim/simulation.ts';

const test = suite('checks of a run');

const once = 'no update is applied twice';
const fresh = 'params hold the updates that the model promises';

/** A model that says what it promises, and a rule that may not keep it. */
function addModel(kind: string, bound: number, rule: (sound: OnArrivalRule) => Rule): void {
  const model: ConsistencyModel<Configured> = {
    kind,
    schema: z.strictObject({ kind: z.literal(kind) }),
    decides: 'per-shard',
    needsValues: false,
    parse: () => ({ kind }),
    format: () => kind,
    bound: () => bound,
    rule: (_config, view, restored) => rule(new OnArrivalRule(bound, 'mean', view, restored))
  };
  consistencyModels.add(model);
}

function altered(sound: OnArrivalRule, change: Partial<Rule>): Rule {
  return {
    arrive: arrival => sound.arrive(arrival),
    admits: (worker, clock) => sound.admits(worker, clock),
    get gate() {
      return sound.gate;
    },
    get slowest() {
      return sound.slowest;
    },
    changeView: view => sound.changeView(view),
    cutComplete: (clocks, version) => sound.cutComplete(clocks, version),
    snapshot: () => sound.snapshot(),
    ...change
  };
}

function configOf(consistency: string, speeds = [1, 1, 1]): Config {
  return resolve({
    workers: 3,
    servers: 2,
    problem: { kind: 'timing', tensors: [100] },
    consistency,
    environment: { compute: 'exponential:1ms', speeds, network: 'star:10Mbps:200us' },
    stopAt: { iterations: 12 }
  });
}

async function setupOf(config: Config): Promise<{ setup: RunSetup; result: Result }> {
  const { model, compute } = await createLearner(config, { backend: null });
  const params = { keys: { kind: 'all' }, parts: [] } as const;
  const result = compute({ kind: 'gradient', worker: 0, clock: 0, params });
  return { setup: setupRun(config, model), result: await result };
}

/** A run in which everything is looked at as `--check` does. */
async function checkedRun(config: Config): Promise<void> {
  const { setup, result } = await setupOf(config);
  const simulation = new Simulation(setup, {}, { check: true });
  while (simulation.advance() !== null) simulation.provide(result);
}

/** A sound run, of which the checks are shown something else. */
async function shownRun(
  consistency: string,
  show: (
    node: NodeId,
    input: Input,
    effects: readonly Effect[]
  ) => readonly [Input, readonly Effect[]]
): Promise<void> {
  const { setup, result } = await setupOf(configOf(consistency));
  const checks = new Checks(setup);
  const handled = (node: NodeId, now: Instant, input: Input, effects: readonly Effect[]): void =>
    checks.handled(node, now, ...show(node, input, effects));
  const simulation = new Simulation(setup, { handled });
  while (simulation.advance() !== null) simulation.provide(result);
}

async function assertBreaks(run: Promise<void>, invariant: string, words: RegExp): Promise<void> {
  let found: unknown = null;
  try {
    await run;
  } catch (error) {
    found = error;
  }
  if (!(found instanceof Violation)) throw new Error(`${found}`, { cause: found });
  const { message, invariant: broken } = found;
  assert.is(broken, invariant, message);
  assert.match(message, words);
  assert.match(message, /^invariant broken at \d+ ns, [wsc]\d*, /);
}

/** The effects with the answers among them changed. */
function withAnswers(effects: readonly Effect[], change: (answer: Answer) => Answer): Effect[] {
  return effects.map(effect =>
    effect.kind === 'send' && effect.message.kind === 'answer'
      ? { ...effect, message: change(effect.message) }
      : effect
  );
}

test('sound models pass', async () => {
  for (const consistency of ['bsp', 'ssp:0', 'ssp:2', 'asp']) {
    await checkedRun(configOf(consistency));
    await shownRun(consistency, (_node, input, effects) => [input, effects]);
  }
});

test('a rule that admits whoever asks breaks the bound', async () => {
  addModel('eager', 1, sound => altered(sound, { admits: () => true }));
  await assertBreaks(
    checkedRun(configOf('eager', [1, 1, 0.01])),
    'no iteration starts further ahead of the slowest than the bound',
    /, s\d answer .*: w\d starts iteration \d+, w\d is at \d+, the bound is 1/
  );
});

test('a rule that folds a contribution twice applies it twice', async () => {
  addModel('double', 3, sound =>
    altered(sound, { arrive: arrival => sound.arrive(arrival).flatMap(one => doubled(one)) })
  );
  await assertBreaks(checkedRun(configOf('double')), once, /w\d iteration 0/);
});

test('a rule that lets a worker go on before its update is applied', async () => {
  addModel('late', 0, sound => {
    let due: readonly Decision[] = [];
    return altered(sound, {
      arrive(arrival) {
        const now = due;
        due = sound.arrive(arrival);
        return now;
      }
    });
  });
  await assertBreaks(checkedRun(configOf('late')), fresh, /without w\d iteration|lacks/);
});

test('a version that goes back', async () => {
  const run = shownRun('asp', (_node, input, effects) => [
    input,
    withAnswers(effects, answer => {
      const { reply } = answer;
      if (reply === null || reply.version !== 7) return answer;
      return { ...answer, reply: { ...reply, version: 2 } };
    })
  ]);
  await assertBreaks(run, 'versions only grow', /version 2 after [56]/);
});

test('an update of which two versions are told', async () => {
  const run = shownRun('asp', (node, input, effects) => [
    input,
    withAnswers(effects, answer => {
      const [first] = answer.settled;
      if (node !== 's1' || first === undefined || first.clock !== 5) return answer;
      return { ...answer, settled: [{ ...first, clock: 4, staleness: 3 }, first] };
    })
  ]);
  await assertBreaks(run, once, /iteration 4 in version \d+ and in \d+/);
});

test('an update that was never handed in', async () => {
  const run = shownRun('asp', (_node, input, effects) => [
    input,
    withAnswers(effects, answer => {
      const settled = answer.settled.map(one => ({ ...one, clock: one.clock + 20 }));
      return { ...answer, settled };
    })
  ]);
  await assertBreaks(run, once, /was not handed in, and applied/);
});

test('a barrier that counts a worker twice', async () => {
  const run = shownRun('bsp', (_node, input, effects) => [
    input,
    // Iteration 4 is told to be in the version of iteration 3.
    withAnswers(effects, answer => {
      const settled = answer.settled.map(one =>
        one.clock === 4 ? { ...one, staleness: -1 } : one
      );
      return { ...answer, settled };
    })
  ]);
  await assertBreaks(run, 'a version counts a worker once', /w\d twice in version 4/);
});

test('a shard that applied more than it was handed', async () => {
  const run = shownRun('ssp:1', (_node, input, effects) => [
    input,
    effects.map((effect): Effect => {
      if (effect.kind !== 'record' || effect.row.kind !== 'shard') return effect;
      return { ...effect, row: { ...effect.row, gradients: effect.row.gradients + 1 } };
    })
  ]);
  await assertBreaks(run, once, /37 applied by s\d, which was handed 36/);
});

test('messages out of order, and one that nobody sent', async () => {
  const reordered = shownRun('asp', (_node, input, effects) => {
    if (input.kind !== 'message' || input.sequence !== 5) return [input, effects];
    return [{ ...input, sequence: 3 }, effects];
  });
  await assertBreaks(
    reordered,
    'a session delivers in order',
    /number 3 of session 0 comes after 4/
  );
  const unsent = shownRun('asp', (node, input, effects) => [
    input,
    node === 'w1' ? effects.filter(effect => effect.kind !== 'send') : effects
  ]);
  await assertBreaks(unsent, 'every message that arrives was sent', /are here, it has sent 0/);
});

test('an event in the past', async () => {
  const { setup } = await setupOf(configOf('asp'));
  const checks = new Checks(setup);
  assert.throws(() => checks.turn(10, 9), /no event is in the past: one is due at 9 ns/);
  const start: Input = { kind: 'start', incarnation: 0, restored: null };
  checks.handled('w0', 10, start, []);
  assert.throws(() => checks.handled('w1', 9, start, []), /at 9 ns, w1, start: no event is in/);
});

function doubled(decision: Decision): Decision[] {
  return decision.kind === 'fold' ? [decision, decision] : [decision];
}

test.run();

/** Messages between shards and the sequencer. */
import type { Arrived, Decided, DecidedStep, Fate, Reduce } from '../message.ts';
import { unreachable } from '../unreachable.ts';
import { choice, type Form, noBulk } from './form.ts';
import type { BodyReader } from './reader.ts';
import type { BodyWriter } from './writer.ts';

export const arrivedForm: Form<Arrived> = {
  bodyLength: () => 24,
  bulkLength: noBulk,
  write(writer, arrived) {
    writer.u32(arrived.view);
    writer.u32(arrived.worker);
    writer.u32(arrived.incarnation);
    writer.u32(arrived.clock);
    writer.u32(arrived.base);
    writer.u32(arrived.samples);
  },
  read: reader => ({
    kind: 'arrived',
    view: reader.u32(),
    worker: reader.u32(),
    incarnation: reader.u32(),
    clock: reader.u32(),
    base: reader.u32(),
    samples: reader.u32()
  })
};

/** Bytes of each kind of step, its kind included. */
const stepBytes = {
  fold: 21,
  drop: 14,
  commit: 17,
  admit: 13,
  abort: 14
} as const satisfies Record<DecidedStep['kind'], number>;
const STEP_BYTES_MIN = 13;

const stepChoice = choice<DecidedStep['kind']>({ fold: 0, drop: 1, commit: 2, admit: 3, abort: 4 });
const fateChoice = choice<Exclude<Fate, 'applied'>>({ dropped: 0, stale: 1, empty: 2 });

export const decidedForm: Form<Decided> = {
  bodyLength: ({ steps }) => steps.reduce((sum, step) => sum + stepBytes[step.kind], 12),
  bulkLength: noBulk,
  write(writer, decided) {
    writer.u32(decided.view);
    writer.u32(decided.number);
    writer.u32(decided.steps.length);
    for (const step of decided.steps) writeStep(writer, step);
  },
  read: reader => ({
    kind: 'decided',
    view: reader.u32(),
    number: reader.u32(),
    steps: Array.from({ length: reader.count(STEP_BYTES_MIN) }, () => readStep(reader))
  })
};

function writeStep(writer: BodyWriter, step: DecidedStep): void {
  stepChoice.write(writer, step.kind);
  if (step.kind === 'commit') {
    writer.f64(step.gradientScale);
    writer.f64(step.rateScale);
    return;
  }
  writer.u32(step.worker);
  writer.u32(step.incarnation);
  writer.u32(step.clock);
  switch (step.kind) {
    case 'fold':
      writer.f64(step.weight);
      break;
    case 'drop':
      fateChoice.write(writer, step.fate);
      break;
    case 'abort':
      writer.flag(step.restart);
      break;
    case 'admit':
      break;
    default:
      unreachable(step);
  }
}

function readStep(reader: BodyReader): DecidedStep {
  const kind = stepChoice.read(reader);
  if (kind === 'commit') return { kind, gradientScale: reader.f64(), rateScale: reader.f64() };
  const named = { worker: reader.u32(), incarnation: reader.u32(), clock: reader.u32() };
  switch (kind) {
    case 'fold':
      return { kind, ...named, weight: reader.f64() };
    case 'drop':
      return { kind, ...named, fate: fateChoice.read(reader) };
    case 'abort':
      return { kind, ...named, restart: reader.flag() };
    case 'admit':
      return { kind, ...named };
    default:
      return unreachable(kind);
  }
}

export const reduceForm: Form<Reduce> = {
  bodyLength: ({ sums }) => 16 + 8 * sums.length,
  bulkLength: noBulk,
  write(writer, reduce) {
    writer.u32(reduce.view);
    writer.u32(reduce.number);
    writer.u32(reduce.server);
    writer.u32(reduce.sums.length);
    for (const sum of reduce.sums) writer.f64(sum);
  },
  read: reader => ({
    kind: 'reduce',
    view: reader.u32(),
    number: reader.u32(),
    server: reader.u32(),
    sums: Array.from({ length: reader.count(8) }, () => reader.f64())
  })
};

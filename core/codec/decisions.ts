/** Messages between shards and the sequencer. */
import type { Arrived, Decided, DecidedStep, Reduce } from '../message.ts';
import { choice, type Form, noBulk } from './form.ts';

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

const STEP_BYTES = 21;
const stepChoice = choice<DecidedStep['kind']>({
  fold: 0,
  drop: 1,
  stale: 2,
  commit: 3,
  abort: 4,
  restart: 5
});

export const decidedForm: Form<Decided> = {
  bodyLength: ({ steps }) => 12 + STEP_BYTES * steps.length,
  bulkLength: noBulk,
  write(writer, decided) {
    writer.u32(decided.view);
    writer.u32(decided.number);
    writer.u32(decided.steps.length);
    for (const step of decided.steps) {
      stepChoice.write(writer, step.kind);
      writer.u32(step.worker);
      writer.u32(step.incarnation);
      writer.u32(step.clock);
      writer.f64(step.weight);
    }
  },
  read: reader => ({
    kind: 'decided',
    view: reader.u32(),
    number: reader.u32(),
    steps: Array.from({ length: reader.count(STEP_BYTES) }, () => ({
      kind: stepChoice.read(reader),
      worker: reader.u32(),
      incarnation: reader.u32(),
      clock: reader.u32(),
      weight: reader.f64()
    }))
  })
};

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

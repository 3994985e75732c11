/** Messages of cuts and of progress: what evaluation and checkpoints are made from. */
import type { CutPart, CutRequest, Mark, Progress } from '../message.ts';
import { type Form, noBulk } from './form.ts';
import { payloadForm } from './values.ts';

export const cutForm: Form<CutRequest> = {
  bodyLength: () => 9,
  bulkLength: noBulk,
  write(writer, cut) {
    writer.u32(cut.view);
    writer.u32(cut.number);
    writer.flag(cut.final);
  },
  read: reader => ({
    kind: 'cut',
    view: reader.u32(),
    number: reader.u32(),
    final: reader.flag()
  })
};

export const markForm: Form<Mark> = {
  bodyLength: () => 13,
  bulkLength: noBulk,
  write(writer, mark) {
    writer.u32(mark.view);
    writer.u32(mark.number);
    writer.u32(mark.clock);
    writer.flag(mark.final);
  },
  read: reader => ({
    kind: 'mark',
    view: reader.u32(),
    number: reader.u32(),
    clock: reader.u32(),
    final: reader.flag()
  })
};

export const partForm: Form<CutPart> = {
  bodyLength: ({ payload }) => 12 + payloadForm.bodyLength(payload),
  bulkLength: ({ payload }, before) => payloadForm.bulkLength(payload, before),
  write(writer, part) {
    writer.u32(part.number);
    writer.u32(part.version);
    writer.u32(part.gradients);
    payloadForm.write(writer, part.payload);
  },
  read: reader => ({
    kind: 'part',
    number: reader.u32(),
    version: reader.u32(),
    gradients: reader.u32(),
    payload: payloadForm.read(reader)
  })
};

export const progressForm: Form<Progress> = {
  bodyLength: () => 12,
  bulkLength: noBulk,
  write(writer, progress) {
    writer.u32(progress.version);
    writer.u32(progress.gradients);
    writer.u32(progress.slowest);
  },
  read: reader => ({
    kind: 'progress',
    version: reader.u32(),
    gradients: reader.u32(),
    slowest: reader.u32()
  })
};

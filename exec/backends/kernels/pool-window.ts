/** The windows of a pooling layer, one after another; a flat layer has one frame of depth. */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute } from './arrays.ts';

type Call = Parameters<KernelFunc>[0];

/** Sizes along one of the three axes. */
export interface Axis {
  readonly input: number;
  readonly output: number;
  readonly filter: number;
  readonly stride: number;
  /** Padding before the first element. */
  readonly before: number;
}

/** A pooling layer: channels are the last dimension. */
export interface PoolShape {
  readonly batch: number;
  readonly channels: number;
  readonly axes: readonly [frames: Axis, rows: Axis, columns: Axis];
  readonly outShape: number[];
}

/** Where a window lies, without what is padding. Reused from one window to the next. */
export interface Window {
  /** Index of its first channel in the output. */
  output: number;
  /** How many elements it has, in each channel. */
  elements: number;
  /** Indices in the input of the first channel of each element: the first `elements` of them. */
  readonly inputs: Int32Array;
}

/** The pooling layer that a kernel is called for: `inputShape` has rank 4 or 5. */
export function poolShape(tf: Tf, call: Call, inputShape: readonly number[]): PoolShape {
  if (inputShape.length === 4) {
    const info = tf.backend_util.computePool2DInfo(
      [...inputShape] as [number, number, number, number],
      attribute(call, 'filterSize'),
      attribute(call, 'strides'),
      1,
      attribute(call, 'pad'),
      attribute(call, 'dimRoundingMode')
    );
    return {
      batch: info.batchSize,
      channels: info.inChannels,
      axes: [{ input: 1, output: 1, filter: 1, stride: 1, before: 0 }, ...rowsAndColumns(info)],
      outShape: info.outShape
    };
  }
  const info = tf.backend_util.computePool3DInfo(
    [...inputShape] as [number, number, number, number, number],
    attribute(call, 'filterSize'),
    attribute(call, 'strides'),
    1,
    attribute(call, 'pad'),
    attribute(call, 'dimRoundingMode')
  );
  const frames = {
    input: info.inDepth,
    output: info.outDepth,
    filter: info.filterDepth,
    stride: info.strideDepth,
    before: info.padInfo.front
  };
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    axes: [frames, ...rowsAndColumns(info)],
    outShape: info.outShape
  };
}

type Info =
  | ReturnType<Tf['backend_util']['computePool2DInfo']>
  | ReturnType<Tf['backend_util']['computePool3DInfo']>;

function rowsAndColumns(info: Info): [Axis, Axis] {
  return [
    {
      input: info.inHeight,
      output: info.outHeight,
      filter: info.filterHeight,
      stride: info.strideHeight,
      before: info.padInfo.top
    },
    {
      input: info.inWidth,
      output: info.outWidth,
      filter: info.filterWidth,
      stride: info.strideWidth,
      before: info.padInfo.left
    }
  ];
}

/** Visits all windows, in the order of the output. */
export function eachWindow(shape: PoolShape, visit: (window: Window) => void): void {
  const [frames, rows, columns] = shape.axes;
  const inputs = new Int32Array(frames.filter * rows.filter * columns.filter);
  const window: Window = { output: 0, elements: 0, inputs };
  for (let batch = 0; batch < shape.batch; batch++) {
    for (let frame = 0; frame < frames.output; frame++) {
      for (let row = 0; row < rows.output; row++) {
        for (let column = 0; column < columns.output; column++) {
          place(window, shape, batch, [frame, row, column]);
          visit(window);
          window.output += shape.channels;
        }
      }
    }
  }
}

function place(
  window: Window,
  { axes: [frames, rows, columns], channels }: PoolShape,
  batch: number,
  [frame, row, column]: readonly [number, number, number]
): void {
  const frameAt = frame * frames.stride - frames.before;
  const rowAt = row * rows.stride - rows.before;
  const columnAt = column * columns.stride - columns.before;
  const frameEnd = Math.min(frames.input, frameAt + frames.filter);
  const rowEnd = Math.min(rows.input, rowAt + rows.filter);
  const columnEnd = Math.min(columns.input, columnAt + columns.filter);
  let elements = 0;
  for (let f = Math.max(0, frameAt); f < frameEnd; f++) {
    for (let r = Math.max(0, rowAt); r < rowEnd; r++) {
      const line = ((batch * frames.input + f) * rows.input + r) * columns.input;
      for (let c = Math.max(0, columnAt); c < columnEnd; c++) {
        window.inputs[elements] = (line + c) * channels;
        elements += 1;
      }
    }
  }
  window.elements = elements;
}

/** Writes the trace of a simulated run: a folder with its configuration and a file a node. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Config } from '../../core/config.ts';
import type { Effect, Input, Instant, NodeId } from '../../core/node.ts';
import { traceLine } from '../../core/trace.ts';
import type { FaultPhase } from '../../sim/faults/stage.ts';
import { jsonText } from './results.ts';

/** A trace being written. */
export interface TraceWriter {
  /** Name of its folder inside that of the run. */
  readonly name: string;
  handled(node: NodeId, now: Instant, input: Input, effects: readonly Effect[]): void;
  /** A fault begins or ends: a line of `faults.jsonl`. */
  fault(phase: FaultPhase): void;
  close(): void;
}

/** Characters kept back before they are written. */
const bufferedMax = 1 << 16;

/** Begins the trace of a run in its folder. */
export function openTrace(runFolder: string, config: Config): TraceWriter {
  const name = 'trace';
  const folder = path.join(runFolder, name);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'config.json'), jsonText(config));
  const buffers = new Map<string, string>();
  const flush = (file: string, text: string): void => {
    fs.appendFileSync(path.join(folder, `${file}.jsonl`), text);
    buffers.set(file, '');
  };
  const write = (file: string, line: unknown): void => {
    const text = `${buffers.get(file) ?? ''}${JSON.stringify(line)}\n`;
    buffers.set(file, text);
    if (text.length > bufferedMax) flush(file, text);
  };
  return {
    name,
    handled(node, now, input, effects) {
      write(node, traceLine(now, input, effects));
    },
    fault(phase) {
      write('faults', phase);
    },
    close() {
      for (const [file, text] of buffers) if (text !== '') flush(file, text);
    }
  };
}

/** Writes the trace of a simulated run: a folder with its configuration and a file a node. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Config } from '../../core/config.ts';
import type { Effect, Input, Instant, NodeId } from '../../core/node.ts';
import { traceLine } from '../../core/trace.ts';
import { jsonText } from './results.ts';

/** A trace being written. */
export interface TraceWriter {
  /** Name of its folder inside that of the run. */
  readonly name: string;
  handled(node: NodeId, now: Instant, input: Input, effects: readonly Effect[]): void;
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
  const buffers = new Map<NodeId, string>();
  const flush = (node: NodeId, text: string): void => {
    fs.appendFileSync(path.join(folder, `${node}.jsonl`), text);
    buffers.set(node, '');
  };
  return {
    name,
    handled(node, now, input, effects) {
      const line = JSON.stringify(traceLine(now, input, effects));
      const text = `${buffers.get(node) ?? ''}${line}\n`;
      buffers.set(node, text);
      if (text.length > bufferedMax) flush(node, text);
    },
    close() {
      for (const [node, text] of buffers) if (text !== '') flush(node, text);
    }
  };
}

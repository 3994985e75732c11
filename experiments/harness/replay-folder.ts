/** `slackline replay`: from the folder of a trace to what its replay comes to. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type BackendName, backendNames, openBackend } from '../../exec/backends/backend.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import { importUserModule } from '../../exec/user-module.ts';
import { describeBackend } from './backend-identity.ts';
import { documentText } from './documents.ts';
import { checkFolder } from './read-file.ts';
import { type ReplayReport, readTrace, replay } from './replay.ts';
import { readRun } from './results.ts';
import { shown } from './shown-path.ts';

/** Replays and prints. Returns the exit code: 0 when all digests agree, 1 when one does not. */
export async function replayFolder(
  folder: string,
  options: { readonly backend: BackendName | null; readonly json: boolean }
): Promise<number> {
  checkFolder(folder);
  const inside = path.join(folder, 'trace');
  const traceFolder = fs.existsSync(inside) ? inside : folder;
  const trace = await readTrace(traceFolder);
  const { config } = trace;
  const recorded = backendOf(path.dirname(traceFolder));
  const name = options.backend ?? recorded;
  const backend = name === null ? null : await openBackend(name);
  const learner = await createLearner(config, { backend, loadModule: importUserModule });
  try {
    const report = await replay(trace, learner);
    const used = learner.backend === null ? null : describeBackend(learner.backend).name;
    const shownTrace = shown(traceFolder);
    process.stdout.write(
      options.json
        ? documentText({ version: 1, kind: 'replay', trace: shownTrace, backend: used, ...report })
        : replayText(report, shownTrace)
    );
    return report.divergence === null ? 0 : 1;
  } finally {
    learner.close();
  }
}

/** What a replay comes to, for a person. */
export function replayText({ nodes, inputs, divergence }: ReplayReport, trace: string): string {
  if (divergence === null) {
    return `${trace}: all effects agree (${inputs} inputs of ${nodes} nodes)\n`;
  }
  const { node, line, now, input, reason } = divergence;
  return (
    `${trace}: differs after ${inputs} inputs that agree\n` +
    `  node ${node}, line ${line} of ${node}.jsonl, at ${(now / 1e9).toFixed(6)} s\n` +
    `  input:  ${input}\n` +
    `  reason: ${reason}\n`
  );
}

// A gradient has the same bits only on the backend that computed it first.
function backendOf(runFolder: string): BackendName | null {
  if (!fs.existsSync(path.join(runFolder, 'manifest.json'))) return null;
  const run = readRun(path.dirname(runFolder), path.basename(runFolder));
  const name = run?.manifest.backend ?? '';
  return backendNames.find(known => name.startsWith(`${known} `)) ?? null;
}

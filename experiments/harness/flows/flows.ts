/** What `slackline flows` does: reads the cases, runs the flows, and prints how each ended. */
import * as fs from 'node:fs';
import { runFlowCase } from '../../../sim/flow-case.ts';
import { type SharingLawName, sharingLaw } from '../../../sim/sharing-law.ts';
import { documentText } from '../documents.ts';
import { shown } from '../shown-path.ts';
import { messageOf, UsageError } from '../usage-error.ts';
import { type NamedCase, readFlowFile } from './flow-file.ts';
import { Problems } from './problems.ts';

/** The document that is printed. Throws `UsageError` with a line for each thing that is wrong. */
export function flowsText(file: string, law: SharingLawName): string {
  const sharing = sharingLaw(law);
  const cases = loadCases(file).map(flowCase => {
    const ends = runFlowCase(flowCase, sharing.solver(), sharing);
    const flows: Record<string, { status: 'done' | 'failed' | 'stalled'; t: number | null }> = {};
    ends.forEach(({ status, seconds }, index) => {
      flows[flowCase.flowIds[index]!] = { status, t: seconds };
    });
    return { name: flowCase.name, flows };
  });
  return documentText({ version: 1, kind: 'flows', sharing: law, cases });
}

function loadCases(file: string): NamedCase[] {
  if (!fs.existsSync(file)) throw new UsageError(`${shown(file)}: no such file`);
  if (!fs.statSync(file).isFile()) throw new UsageError(`${shown(file)}: is not a file`);
  let value: unknown;
  try {
    value = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${shown(file)}: not JSON: ${messageOf(error)}`);
  }
  const problems = new Problems(`${shown(file)}: `);
  const cases = readFlowFile(value, problems);
  if (problems.lines.length > 0) throw new UsageError(problems.lines.join('\n'));
  return cases;
}

/** What `slackline flows` does: reads the cases, runs the flows, and prints how each ended. */
import { runFlowCase } from '../../../sim/flow-case.ts';
import { type SharingLawName, sharingLaw } from '../../../sim/sharing-law.ts';
import { documentText } from '../documents.ts';
import { readJson } from '../read-file.ts';
import { shown } from '../shown-path.ts';
import { UsageError } from '../usage-error.ts';
import { type NamedCase, readFlowFile } from './flow-file.ts';
import { Problems } from './problems.ts';

/** The document that is printed. Throws `UsageError` with a line for each thing that is wrong. */
export function flowsText(file: string, law: SharingLawName): string {
  const sharing = sharingLaw(law);
  const cases = loadCases(file).map(flowCase => {
    const ends = runFlowCase(flowCase, sharing.solver(), sharing);
    // Entries, for a flow may be named as a property that every object has.
    const flows = Object.fromEntries(
      ends.map(({ status, seconds }, index) => [flowCase.flowIds[index]!, { status, t: seconds }])
    );
    return { name: flowCase.name, flows };
  });
  return documentText({ version: 1, kind: 'flows', sharing: law, cases });
}

function loadCases(file: string): NamedCase[] {
  const problems = new Problems(`${shown(file)}: `);
  const cases = readFlowFile(readJson(file, shown(file)), problems);
  if (problems.lines.length > 0) throw new UsageError(problems.lines.join('\n'));
  return cases;
}

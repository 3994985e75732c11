/** The style sheet of a report: `style.css`, and the paper and the inks that it shares with plots. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../../exec/project-root.ts';
import { inks } from '../plots/dress.ts';

/** The whole style sheet as text. */
export function reportStyle(): string {
  const file = path.join(projectRoot, 'experiments/harness/report/style.css');
  return `${variables('light')}
@media (prefers-color-scheme: dark) { ${variables('dark')} }
${fs.readFileSync(file, 'utf8')}`;
}

function variables(theme: keyof typeof inks): string {
  const { paper, ink, quiet, grid } = inks[theme];
  return `:root { --paper: ${paper}; --ink: ${ink}; --quiet: ${quiet}; --line: ${grid}; }`;
}

/** The experiments of a folder. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../exec/project-root.ts';
import { planCells } from './cells.ts';
import { documentText } from './documents.ts';
import { loadExperiment } from './load-experiment.ts';
import { checkFolder } from './read-file.ts';
import { shown } from './shown-path.ts';

/** As lines for a person, or as one JSON document. */
export async function listExperiments(dir: string | null, json: boolean): Promise<string> {
  const folder = dir ?? path.join(projectRoot, 'experiments');
  checkFolder(folder);
  const files = fs.readdirSync(folder).filter(name => name.endsWith('.ts'));
  const experiments = [];
  for (const name of files.sort()) {
    const file = path.join(folder, name);
    const { experiment } = await loadExperiment(file);
    const { cells, axes } = planCells(experiment);
    const runs = cells.reduce((count, cell) => count + cell.configs.length, 0);
    const { question } = experiment;
    experiments.push({ file: shown(file), question, axes: axes.map(axis => axis.name), runs });
  }
  if (json) return documentText({ version: 1, kind: 'experiments', experiments });
  if (experiments.length === 0) return `${shown(folder)} has no experiments\n`;
  return experiments
    .map(({ file, question, runs }) => `${file} (${runs} runs)\n  ${question}\n`)
    .join('');
}

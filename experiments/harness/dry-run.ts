/** What `--dry-run` prints: every resolved configuration, with nothing left to defaults. */
import { cellName, type Plan } from './cells.ts';
import { documentText } from './documents.ts';

/**
 * One configuration alone is printed as it is, so that it can be kept as a file and run; several
 * each under a line that names cell and seed. As one JSON document if `json`.
 */
export function dryRun(name: string, plan: Plan, json: boolean): string {
  if (json) {
    const axes = plan.axes.map(axis => ({ ...axis, labels: [...axis.labels] }));
    const cells = plan.cells.map(({ labels, configs }) => {
      return { labels: { ...labels }, configs: configs.map(config => ({ ...config })) };
    });
    return documentText({ version: 1, kind: 'dry-run', experiment: { name }, axes, cells });
  }
  const configs = plan.cells.flatMap(({ labels, configs }) =>
    configs.map(config => ({ labels, config }))
  );
  if (configs.length === 1) return `${JSON.stringify(configs[0]?.config, null, 2)}\n`;
  return configs
    .map(({ labels, config }) => {
      const cell = [cellName(labels), `seed ${config.seed}`].filter(part => part !== '').join(', ');
      return `# ${cell}\n${JSON.stringify(config, null, 2)}\n`;
    })
    .join('\n');
}

/** Networks, and traces of links, that are files: read into the configurations that name them. */
import { type Config, ConfigError, resolve } from '../../core/config.ts';
import { isUnread } from '../../core/environment/network/graph.ts';
import { cellName, type Plan } from './cells.ts';
import { isTree, type Tree } from './config-path.ts';
import { readJson } from './read-file.ts';
import { readLinkTraces } from './read-link-traces.ts';
import { linesOf, UsageError } from './usage-error.ts';

/** The plan with the content of every such file in it. Throws `UsageError` for what cannot be read. */
export function readNetworks(plan: Plan): Plan {
  const files = new Map<string, Tree>();
  const cells = plan.cells.map(cell => {
    const read = (config: Config): Config => {
      const { network } = config.environment;
      if (network.kind !== 'graph' || network.file === null || !isUnread(network)) return config;
      const content = files.get(network.file) ?? contentOf(network.file);
      files.set(network.file, content);
      return filled(config, network.file, content, cellName(cell.labels));
    };
    return { ...cell, configs: cell.configs.map(read) };
  });
  return readLinkTraces(files.size === 0 ? plan : { ...plan, cells });
}

/** What a file of a graph holds; the path is from where the command runs. Throws `UsageError`. */
export function contentOf(file: string): Tree {
  const value = readJson(file, `network ${file}`);
  const hosts = isTree(value) ? value['hosts'] : null;
  if (!isTree(value) || 'file' in value || !Array.isArray(hosts) || hosts.length === 0) {
    throw new UsageError(
      `network ${file}: not a network, which is { "hosts": [...], "links": [...] }`
    );
  }
  return value;
}

function filled(config: Config, file: string, content: Tree, cell: string): Config {
  const network = { ...content, kind: 'graph', file };
  try {
    return resolve({ ...config, environment: { ...config.environment, network } });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const where = cell === '' ? '' : `\n(in the cell ${cell})`;
    const message = error.message.replaceAll(/^environment\.network\./gm, '');
    throw new UsageError(`${linesOf(`network ${file}`, message)}${where}`);
  }
}

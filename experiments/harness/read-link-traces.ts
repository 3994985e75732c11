/** Trace files of links, read into the configurations that name them: what runs is whole. */
import { type Config, ConfigError, resolve } from '../../core/config.ts';
import { isUntraced } from '../../core/environment/links.ts';
import { parseBandwidth, parseDuration } from '../../core/units.ts';
import type { Plan } from './cells.ts';
import { readText } from './read-file.ts';
import { linesOf, UsageError } from './usage-error.ts';

/** The points of a trace, as a configuration has them. */
export interface LinkTrace {
  readonly bandwidth: [string, string][];
  readonly latency: [string, string][];
  readonly state: [string, string][];
  every?: string;
}

/** The plan with the points of every trace file in it. Throws `UsageError` for what cannot be read. */
export function readLinkTraces(plan: Plan): Plan {
  if (plan.cells.every(cell => cell.configs.every(config => !names(config)))) return plan;
  const cells = plan.cells.map(cell => ({ ...cell, configs: cell.configs.map(filled) }));
  return { ...plan, cells };
}

/**
 * A trace, from its text: a line for each change, a time and a value with their units (`2.5s 10Mbps`,
 * `3s 20ms`, `4s down`), or `every 10s` for what repeats; `#` begins a comment. `file` is for errors.
 */
export function parseLinkTrace(text: string, file: string): LinkTrace {
  const trace: LinkTrace = { bandwidth: [], latency: [], state: [] };
  text.split('\n').forEach((line, index) => {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    if (words[0] === '') return;
    const [time = '', value] = words;
    const place = `${file}:${index + 1}`;
    if (value === undefined || words.length > 2) {
      throw new UsageError(`${place}: "${line.trim()}" is not a time and a value: 2.5s 10Mbps`);
    }
    if (time === 'every') {
      trace.every = value;
      return;
    }
    if (!reads(parseDuration, time)) {
      throw new UsageError(`${place}: "${time}" is no time with its unit: 2.5s 10Mbps`);
    }
    if (value === 'up' || value === 'down') trace.state.push([time, value]);
    else if (reads(parseBandwidth, value)) trace.bandwidth.push([time, value]);
    else if (reads(parseDuration, value)) trace.latency.push([time, value]);
    else {
      throw new UsageError(
        `${place}: "${value}" is no bandwidth (10Mbps), latency (20ms), or state (up, down)`
      );
    }
  });
  if (trace.bandwidth.length + trace.latency.length + trace.state.length > 0) return trace;
  throw new UsageError(`${file}: holds no changes; a line of a trace is a time and a value`);
}

function names(config: Config): boolean {
  return config.environment.links.some(isUntraced);
}

function filled(config: Config): Config {
  if (!names(config)) return config;
  const links = config.environment.links.map(link => {
    if (link.file === null || !isUntraced(link)) return link;
    const trace = parseLinkTrace(readText(link.file, `link trace ${link.file}`), link.file);
    return { ...link, ...trace };
  });
  try {
    return resolve({ ...config, environment: { ...config.environment, links } });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const files = config.environment.links.flatMap(({ file }) => file ?? []);
    throw new UsageError(linesOf(`link trace ${files.join(', ')}`, error.message));
  }
}

function reads(parse: (text: string) => number, text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Files of iteration times, read into the configurations that name them: what runs is whole. */
import type { Config } from '../../core/config.ts';
import {
  type IterationTimes,
  IterationTimesError,
  readIterationTimes,
  slowdownsOf
} from '../../core/environment/iteration-times.ts';
import type { Plan } from './cells.ts';
import { readText } from './read-file.ts';
import { UsageError } from './usage-error.ts';

/** The plan with the content of every trace in it. Throws `UsageError` for what cannot be read. */
export function readTraces(plan: Plan): Plan {
  const files = new Map<string, IterationTimes>();
  const timesOf = (file: string): IterationTimes => {
    const times = files.get(file) ?? timesIn(file);
    files.set(file, times);
    return times;
  };
  const cells = plan.cells.map(cell => ({
    ...cell,
    configs: cell.configs.map(config => filled(config, timesOf))
  }));
  return files.size === 0 ? plan : { ...plan, cells };
}

function filled(config: Config, timesOf: (file: string) => IterationTimes): Config {
  const { compute, stragglers } = config.environment;
  const environment = {
    ...config.environment,
    compute:
      compute.kind === 'trace' && compute.nanos === null
        ? { ...compute, nanos: nanosOf(compute.file, timesOf(compute.file)) }
        : compute,
    stragglers: stragglers.map(straggler =>
      straggler.kind === 'trace' && straggler.slowdowns === null
        ? { ...straggler, slowdowns: factorsOf(straggler.file, timesOf(straggler.file)) }
        : straggler
    )
  };
  return { ...config, environment };
}

function nanosOf(file: string, { kind, lists }: IterationTimes): number[][] {
  if (kind === 'nanos') return lists.map(list => [...list]);
  throw new UsageError(`trace ${file}: slow-downs are no compute times: a column ms is right`);
}

function factorsOf(file: string, times: IterationTimes): number[][] {
  try {
    return slowdownsOf(times).map(list => [...list]);
  } catch (error) {
    if (!(error instanceof IterationTimesError)) throw error;
    throw new UsageError(`trace ${file}: ${error.message}`);
  }
}

function timesIn(file: string): IterationTimes {
  const text = readText(file, `trace ${file}`);
  try {
    return readIterationTimes(text, file.endsWith('.json') ? 'json' : 'csv');
  } catch (error) {
    if (!(error instanceof IterationTimesError)) throw error;
    throw new UsageError(`trace ${file}: ${error.message}`);
  }
}

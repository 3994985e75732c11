/** Jobs and rows as lines of a script's trace. */
import type { Job } from '../../core/node.ts';
import type { Params } from '../../core/params.ts';
import type { Row } from '../../core/record.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { Ledger } from './ledger.ts';

/** `gradient of w0@3 from s0@2 s1@2`; an evaluation says what its params hold. */
export function describeJob(job: Job, ledger: Ledger): string {
  switch (job.kind) {
    case 'gradient':
      return `gradient of w${job.worker}@${job.clock} from ${versions(job.params)}`;
    case 'local-steps':
      return `${job.steps} local steps of w${job.worker}@${job.clock} from ${versions(job.params)}`;
    case 'keys':
      return `keys of w${job.worker}@${job.clock}`;
    case 'evaluation': {
      const parts = job.params.parts.map(({ server, version, values }) => {
        const held = values === null ? 'no values' : ledger.describe(values);
        return `s${server}@${version} holds ${held}`;
      });
      return `evaluation of cut #${job.cut}: ${parts.join('; ')}`;
    }
    default:
      return unreachable(job);
  }
}

/** What a row says, without times. */
export function describeRow(row: Row): string {
  switch (row.kind) {
    case 'iteration': {
      const { clock, applied, stalenessMax, parkedNanos } = row;
      const staleness = stalenessMax === null ? '' : ` staleness=${stalenessMax}`;
      const parked = parkedNanos === 0 ? '' : ` parked=${parkedNanos / 1e6}ms`;
      return `iteration ${clock}: applied by ${applied}${staleness}${parked}`;
    }
    case 'evaluation': {
      const { cut, versions: version, gradients, final } = row;
      return `evaluation of cut #${cut}: version=${version} gradients=${gradients}${final ? ' final' : ''}`;
    }
    case 'shard': {
      const { versions: version, gradients, dropped, duplicates, refused, histogram } = row;
      const counts = `dropped=${dropped} duplicates=${duplicates} refused=${refused}`;
      return `shard: version=${version} gradients=${gradients} ${counts} staleness=[${histogram}]`;
    }
    case 'outcome':
      return `outcome: ${Object.values(row.outcome).join(' ')}`;
    case 'traffic':
    case 'link':
      return row.kind;
    default:
      return unreachable(row);
  }
}

function versions(params: Params): string {
  return params.parts.map(({ server, version }) => `s${server}@${version}`).join(' ');
}

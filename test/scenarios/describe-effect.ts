/** Effects as lines of a script's trace. */
import { describe } from '../../core/describe.ts';
import type { Effect, Job } from '../../core/node.ts';
import type { Params } from '../../core/params.ts';
import type { Row } from '../../core/record.ts';
import { unreachable } from '../../core/unreachable.ts';

/** What a shard's params hold, in words. */
export type DescribeValues = (values: Float32Array) => string;

/** `→s0 push v1 clock=0 ...`, `computes #3 gradient of w0@3 ...`; null for what says nothing. */
export function describeEffect(effect: Effect, held: DescribeValues): string | null {
  switch (effect.kind) {
    case 'send':
      return `→${effect.to} ${describe(effect.message)}`;
    case 'compute':
      return `computes #${effect.id} ${describeJob(effect.job, held)}`;
    case 'cancel':
      return `cancels #${effect.id}`;
    case 'work':
      return `works: ${effect.operation} ${effect.elements}`;
    case 'record':
      return `records ${describeRow(effect.row)}`;
    case 'set-timer':
      return `sets ${effect.name} for ${effect.at / 1e6} ms`;
    case 'clear-timer':
      return null;
    case 'persist':
      return `persists ${effect.slot}`;
    case 'stop':
      return `stops: ${Object.values(effect.outcome).join(' ')}`;
    default:
      return unreachable(effect);
  }
}

/** `gradient of w0@3 from s0@2 s1@2`; an evaluation says what its params hold. */
export function describeJob(job: Job, held: DescribeValues): string {
  switch (job.kind) {
    case 'gradient':
      return `gradient of w${job.worker}@${job.clock} from ${versions(job.params)}`;
    case 'local-steps':
      return (
        `${job.steps} local steps of w${job.worker}@${job.clock}, batch ${job.batch} and on, ` +
        `from ${versions(job.params)}`
      );
    case 'keys':
      return `keys of w${job.worker}@${job.clock}`;
    case 'evaluation': {
      const parts = job.params.parts.map(({ server, version, values }) => {
        const what = values === null ? 'no values' : held(values);
        return `s${server}@${version} holds ${what}`;
      });
      return `evaluation of cut #${job.cut}: ${parts.join('; ')}`;
    }
    default:
      return unreachable(job);
  }
}

/** What a row says, without times. */
function describeRow(row: Row): string {
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
    case 'work':
    case 'transfer':
    case 'cross-traffic':
    case 'fault':
      return row.kind;
    default:
      return unreachable(row);
  }
}

function versions(params: Params): string {
  return params.parts.map(({ server, version }) => `s${server}@${version}`).join(' ');
}

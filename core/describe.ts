/**
 * One message as one line: for scenario scripts, errors and logs. The same message gives the same
 * line, and what is as usual (round 0, first incarnation, no compression) is left out.
 */
import type {
  Answer,
  Contribution,
  Decided,
  DecidedStep,
  Message,
  Pull,
  Push,
  Reply,
  Settlement
} from './message.ts';
import type { NodeId } from './node.ts';
import type { Payload } from './params.ts';
import type { KeySet } from './tensors.ts';
import { unreachable } from './unreachable.ts';
import type { Member } from './view.ts';

/** `push v1 clock=7 base=6 gradient 412B wants all` */
export function describe(message: Message): string {
  switch (message.kind) {
    case 'join':
      return `join incarnation=${message.incarnation}`;
    case 'view': {
      const { number, workers, servers, sequencer } = message.view;
      const members = `workers=${ranks('w', workers)} servers=${ranks('s', servers)}`;
      return `view v${number} ${members} sequencer=s${sequencer}`;
    }
    case 'pull':
      return pull(message);
    case 'push':
      return push(message);
    case 'answer':
      return answer(message);
    case 'offer':
      return `offer v${message.view} ${reply(message.reply)}`;
    case 'abort':
      return `abort v${message.view} clock=${message.clock}${message.restart ? ' restart' : ''}`;
    case 'arrived': {
      const { view, worker, clock, base, samples } = message;
      const named = `v${view}${life(message.incarnation)} w${worker}`;
      return `arrived ${named} clock=${clock} base=${base} samples=${samples}`;
    }
    case 'decided':
      return decided(message);
    case 'reduce': {
      const { view, number, server, sums } = message;
      return `reduce v${view} #${number} s${server} sums=${sums.join(',')}`;
    }
    case 'cut':
      return `cut v${message.view} #${message.number}${final(message.final)}`;
    case 'mark':
      return `mark v${message.view} #${message.number} clock=${message.clock}${final(message.final)}`;
    case 'part': {
      const { number, version, gradients } = message;
      return `part #${number} version=${version} gradients=${gradients} ${bytes(message.payload)}`;
    }
    case 'progress': {
      const { version, gradients, slowest } = message;
      return `progress version=${version} gradients=${gradients} slowest=${slowest}`;
    }
    case 'finished':
      return `finished clock=${message.clock}${message.diverged ? ' diverged' : ''}`;
    case 'failed':
      return `failed: ${message.reason}`;
    case 'halt':
      return `halt ${message.reason}`;
    case 'halted':
      return 'halted';
    case 'heartbeat':
      return `heartbeat progress=${message.progress}`;
    case 'replicate': {
      const { view, number, at, from, input } = message;
      return `replicate v${view} #${number} at=${at}ns ${from}: ${describe(input)}`;
    }
    case 'replicated':
      return `replicated v${message.view} #${message.number}`;
    case 'segment': {
      const { view, clock, step: number, keys: over, payload } = message;
      return `segment v${view} clock=${clock} step=${number} ${keys(over)} ${bytes(payload)}`;
    }
    default:
      return unreachable(message);
  }
}

/** `w3→s1 push clock=7 412B`: who to whom, what, and the bytes of its payload. */
export function describeSend(from: NodeId, to: NodeId, message: Message): string {
  const words = [`${from}→${to}`, message.kind];
  if ('clock' in message) words.push(`clock=${message.clock}`);
  if ('number' in message) words.push(`#${message.number}`);
  const payload = payloadOf(message);
  if (payload !== null) words.push(bytes(payload));
  return words.join(' ');
}

function payloadOf(message: Message): Payload | null {
  switch (message.kind) {
    case 'push':
      return message.contribution.kind === 'empty' ? null : message.contribution.payload;
    case 'answer':
      return message.reply?.payload ?? null;
    case 'offer':
      return message.reply.payload;
    case 'replicate':
      return payloadOf(message.input);
    case 'part':
    case 'segment':
      return message.payload;
    default:
      return null;
  }
}

function pull({ view, clock, keys: wanted, base }: Pull): string {
  return `pull v${view} clock=${clock} ${keys(wanted)}${based(base)}`;
}

function push(message: Push): string {
  const { view, incarnation, clock, round, cut, base, contribution, want, origins } = message;
  const words = [`push v${view}${life(incarnation)} clock=${clock}`];
  if (round > 0) words.push(`round=${round}`);
  if (cut > 0) words.push(`cut=#${cut}`);
  words.push(`base=${base}`, given(contribution));
  words.push(want === null ? 'wants nothing' : `wants ${keys(want.keys)}${based(want.base)}`);
  if (origins !== null) {
    words.push(`from ${origins.map(({ worker, clock: at }) => `w${worker}@${at}`).join(',')}`);
  }
  return words.join(' ');
}

function given(contribution: Contribution): string {
  if (contribution.kind === 'empty') return 'empty';
  const { kind, keys: over, payload } = contribution;
  const some = over.kind === 'all' ? '' : ` ${keys(over)}`;
  return `${kind}${some} ${bytes(payload)}`;
}

function answer({ view, clock, round, received, settled, reply: brought }: Answer): string {
  const words = [`answer v${view} clock=${clock}`];
  if (round > 0) words.push(`round=${round}`);
  if (received) words.push('received');
  words.push(...settled.map(settlement));
  if (brought !== null) words.push(reply(brought));
  return words.join(' ');
}

/** `applied@7 staleness=2`, with its weight where that is not 1. */
function settlement({ clock, fate, weight, staleness }: Settlement): string {
  if (fate !== 'applied') return `${fate}@${clock}`;
  return `applied@${clock}${times(weight)} staleness=${staleness}`;
}

function reply({
  what,
  clock,
  version,
  slowest,
  keys: over,
  base,
  payload,
  parkedNanos
}: Reply): string {
  const parked = parkedNanos === 0 ? '' : ` parked=${parkedNanos}ns`;
  return (
    `${what} clock=${clock} version=${version} slowest=${slowest} ` +
    `${keys(over)}${based(base)} ${bytes(payload)}${parked}`
  );
}

function decided({ view, number, steps }: Decided): string {
  return `decided v${view} #${number} ${steps.map(step).join(', ') || 'nothing'}`;
}

function step(one: DecidedStep): string {
  if (one.kind === 'commit') return `commit gradient*${one.gradientScale} rate*${one.rateScale}`;
  const { worker, incarnation, clock } = one;
  const named = `w${worker}@${clock}${life(incarnation)}`;
  switch (one.kind) {
    case 'fold':
      return `fold ${named}${times(one.weight)}`;
    case 'drop':
      return `${one.fate} ${named}`;
    case 'admit':
      return `admit ${named}`;
    case 'abort':
      return `abort ${named}${one.restart ? ' restart' : ''}`;
    default:
      return unreachable(one);
  }
}

/** `w0..w3,w5`; a later life and another's shard are said with the member: `w2(life=1)`. */
function ranks(
  role: 'w' | 's',
  members: readonly (Member & { readonly shard?: number })[]
): string {
  const words: string[] = [];
  let first = 0;
  members.forEach(({ rank, incarnation, shard = rank }, index) => {
    const before = members[index - 1];
    const usual = incarnation === 0 && shard === rank;
    const follows = usual && before?.rank === rank - 1 && words.at(-1)?.endsWith(')') === false;
    if (!follows) first = rank;
    const extra = [life(incarnation), shard === rank ? '' : ` shard=${shard}`].join('').trim();
    const word = extra === '' ? `${role}${rank}` : `${role}${rank}(${extra})`;
    if (follows) words[words.length - 1] = `${role}${first}..${word}`;
    else words.push(word);
  });
  return words.join(',') || 'none';
}

function keys(set: KeySet): string {
  if (set.kind === 'all') return 'all';
  let count = set.rows.length * set.width;
  for (const { begin, end } of set.ranges) count += end - begin;
  return `${count} keys`;
}

function bytes({ format, byteLength }: Payload): string {
  return format === 'none' ? `${byteLength}B` : `${byteLength}B of ${format}`;
}

function based(base: number | null): string {
  return base === null ? '' : ` since ${base}`;
}

function life(incarnation: number): string {
  return incarnation === 0 ? '' : ` life=${incarnation}`;
}

function times(weight: number): string {
  return weight === 1 ? '' : ` *${weight}`;
}

function final(is: boolean): string {
  return is ? ' final' : '';
}

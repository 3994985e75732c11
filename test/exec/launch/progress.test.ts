import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NodeId } from '../../../core/node.ts';
import { hostNanos } from '../../../exec/clock.ts';
import { runningProgress, startingProgress } from '../../../exec/launch/progress.ts';
import { emptySeat, type Seat } from '../../../exec/launch/seat.ts';

const progress = suite('progress');

const ago = (seconds: number): bigint => hostNanos() - BigInt(seconds) * 1_000_000_000n;

function seat(id: NodeId, changes: Partial<Seat> = {}): Seat {
  return { ...emptySeat(id), lastSeen: ago(0), ...changes };
}

const here = {
  kind: 'here',
  host: 'h',
  hostName: 'gpu-3',
  pid: 1,
  nodeVersion: 'v20',
  clockOffsetNanos: 0,
  roundTripNanos: 0
} as const;
const link = {} as NonNullable<Seat['link']>;
const pulse = { kind: 'pulse', computingNanos: null, missing: [] } as const;

function textOf(told: ReturnType<typeof runningProgress>): string {
  return told?.kind === 'waiting' ? `${told.nodes.join(' ')}: ${told.text}` : String(told);
}

progress('a start that hangs names the nodes that are not ready, and what each waits for', () => {
  const seats = [
    seat('c', { ready: true }),
    seat('s0'),
    seat('w0', { here, link, waitsFor: 'its backend to load' })
  ];
  assert.is(
    textOf(startingProgress(seats, ago(5))),
    's0 w0: s0 has not joined; w0 waits for its backend to load'
  );
  assert.is(startingProgress(seats, ago(1)), null);
  assert.is(startingProgress([seat('c', { ready: true })], ago(5)), null);
});

progress(
  'a silence is due to whoever is stopped, cut off, or still computing, in this order',
  () => {
    const computing = seat('w0', { pulse: { ...pulse, computingNanos: 12e9 } });
    const cutOff = seat('w1', { pulse: { ...pulse, missing: ['s0'] } });
    const stopped = seat('w2', { lastSeen: ago(8) });
    const idle = seat('s0', { pulse });
    assert.is(
      textOf(runningProgress([idle, computing, cutOff, stopped], ago(5))),
      'w2: no sign of life from w2'
    );
    assert.is(
      textOf(runningProgress([idle, computing, cutOff], ago(5))),
      'w1: w1 has no session with s0'
    );
    assert.is(textOf(runningProgress([idle, computing], ago(5))), 'w0: w0 computes for 12 s');
    assert.is(textOf(runningProgress([idle], ago(5))), 's0: no row from s0');
    assert.is(runningProgress([idle, computing], ago(1)), null);
  }
);

progress('of many nodes, a few are named and the others counted', () => {
  const seats = Array.from({ length: 7 }, (_, rank) => seat(`w${rank}`));
  assert.match(textOf(startingProgress(seats, ago(5))), /w3 has not joined and 3 more$/);
});

progress.run();

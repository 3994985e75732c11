/** The watch over a network: every invariant can be seen broken, by a network or a solver that breaks it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CheckedNetwork } from '../../../sim/checks/checked-network.ts';
import { Violation } from '../../../sim/checks/violation.ts';
import { FlowNetwork } from '../../../sim/flow-network.ts';
import { MaxMin } from '../../../sim/max-min/max-min.ts';
import { createNetwork, type Network } from '../../../sim/network.ts';
import type { Sharing } from '../../../sim/sharing.ts';
import { buildTopology } from '../../../sim/topology.ts';
import { deliveries, star } from '../star.ts';

const test = suite('checked network');

const conserved = 'what was sent is delivered, lost or under way';

/** A network that is sound but for what is changed. */
function broken(change: (sound: Network) => Partial<Network>): Network {
  const sound = createNetwork(star(3));
  return {
    send: (...all) => sound.send(...all),
    nextEvent: () => sound.nextEvent(),
    advance: (now, delivered) => sound.advance(now, delivered),
    cut: (now, session) => sound.cut(now, session),
    controls: null,
    latencyNanos: session => sound.latencyNanos(session),
    underWay: () => sound.underWay(),
    links: () => sound.links(),
    check: () => sound.check(),
    ...change(sound)
  };
}

/** A network whose solver is sound but for what is changed. */
function withSolver(change: (sound: Sharing) => Partial<Sharing>): Network {
  const sound = new MaxMin();
  const sharing: Sharing = {
    addLink: bytes => sound.addLink(bytes),
    addFlow: route => sound.addFlow(route),
    removeFlow: flow => sound.removeFlow(flow),
    start: (flow, bytes, seconds) => sound.start(flow, bytes, seconds),
    stop: (flow, seconds) => sound.stop(flow, seconds),
    setCapacity: (link, bytes, seconds) => sound.setCapacity(link, bytes, seconds),
    settle: seconds => sound.settle(seconds),
    nextCompletion: () => sound.nextCompletion(),
    nextFlow: () => sound.nextFlow(),
    rate: flow => sound.rate(flow),
    remaining: (flow, seconds) => sound.remaining(flow, seconds),
    ...change(sound)
  };
  return new FlowNetwork(buildTopology(star(3)), sharing, 1e6);
}

/** Four messages on three sessions, one of them cut. */
function traffic(inner: Network): void {
  const network = new CheckedNetwork(inner, tag => `message ${tag}`);
  network.send(0, 0, 2, 0, 12_500, 0, 1);
  network.send(0, 0, 2, 0, 0, 0, 2);
  network.send(0, 1, 2, 1, 37_500, 0, 3);
  network.send(0, 1, 0, 2, 1250, 0, 4);
  deliveries(network, 22_000);
  network.cut(22_000, 1);
  deliveries(network);
  network.send(90_000, 0, 2, 0, 0, 0, 5);
  network.send(90_000, 0, 2, 0, 0, 0, 6);
  deliveries(network);
}

function assertBreaks(inner: Network, invariant: string, words: RegExp): void {
  let found: unknown = null;
  try {
    traffic(inner);
  } catch (error) {
    found = error;
  }
  if (!(found instanceof Violation)) throw new Error(`${found}`, { cause: found });
  assert.is(found.invariant, invariant, found.message);
  assert.match(found.message, words, found.message);
}

test('a sound network passes, and comes to the same', () => {
  traffic(broken(() => ({})));
  traffic(createNetwork({ kind: 'ideal' }));
});

test('a message that is lost in silence', () => {
  const inner = broken(sound => ({
    advance(now, delivered) {
      const all: number[] = [];
      sound.advance(now, all);
      delivered.push(...all.filter(tag => tag !== 2));
    }
  }));
  assertBreaks(
    inner,
    conserved,
    /at 31000 ns, network, message 1 arrives: .* 0 messages of 0 bytes .* should be 1 of 0/
  );
});

test('a message that arrives twice', () => {
  const inner = broken(sound => ({
    advance(now, delivered) {
      sound.advance(now, delivered);
      if (delivered.includes(4)) delivered.push(4);
    }
  }));
  assertBreaks(inner, conserved, /message 4 arrives: .* it was not under way/);
});

test('a byte that is lost', () => {
  const inner = broken(sound => ({
    send: (now, from, to, session, bytes, priority, tag) =>
      sound.send(now, from, to, session, Math.max(0, bytes - 1), priority, tag)
  }));
  assertBreaks(inner, conserved, /at 0 ns, network, message 1 is sent: .* 12499 bytes .* of 12500/);
});

test('a cut that keeps a message', () => {
  const inner = broken(sound => ({ cut: (now, session) => sound.cut(now, session).slice(1) }));
  assertBreaks(inner, conserved, /session 1 is cut: .* the cut lost 0 messages, 1 were under way/);
});

test('messages that overtake', () => {
  const inner = broken(sound => ({
    advance(now, delivered) {
      const all: number[] = [];
      sound.advance(now, all);
      delivered.push(...all.reverse());
    }
  }));
  assertBreaks(inner, 'a session delivers in order', /message \d arrives: .* was sent before it/);
});

test('a message that arrives before it can', () => {
  const inner = broken(sound => ({ latencyNanos: session => sound.latencyNanos(session) + 5000 }));
  assertBreaks(
    inner,
    'no message arrives before it is sent, plus the latency',
    /sent at 0 ns, it cannot be there before 25000 ns/
  );
});

test('an event in the past', () => {
  const inner = broken(sound => ({
    nextEvent: () => (sound.nextEvent() > 30_000 ? 5 : sound.nextEvent())
  }));
  assertBreaks(inner, 'no event is in the past', /the next one is at 5 ns/);
});

test('a solver that gives more than there is', () => {
  const inner = withSolver(sound => ({ addLink: bytes => sound.addLink(2 * bytes) }));
  assertBreaks(
    inner,
    'rates are within the capacities of links',
    /link \d carries .* of 1250000000/
  );
});

test('a solver that gives less than there is', () => {
  const inner = withSolver(sound => ({ rate: flow => sound.rate(flow) / 2 }));
  assertBreaks(inner, 'every message has a bottleneck', /session \d could be faster/);
});

test.run();

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeTransport, encodeTransport } from '../../../core/codec.ts';
import {
  AcceptingHandshake,
  type Admit,
  DialingHandshake,
  type Peer
} from '../../../exec/transport/handshake.ts';
import { HandshakeError } from '../../../exec/transport/handshake-error.ts';
import { type Introduction, refusal } from '../../../exec/transport/handshake-frame.ts';

const handshake = suite('handshake');

const token = 'the token of this run';
const dialing: Introduction = {
  name: 'w1',
  incarnation: 0,
  life: '0123456789abcdef',
  configuration: 'aa'.repeat(32),
  session: 3
};
const accepting: Introduction = { ...dialing, name: 's0', life: 'fedcba9876543210', session: 0 };

const dialer = (self = dialing, secret = token, now = () => 0n) =>
  new DialingHandshake({ self, token: secret, now }, 's0');
const acceptor = (self = accepting, secret = token, admit: Admit = () => null, now = () => 0n) =>
  new AcceptingHandshake({ self, token: secret, now }, admit, () => 5);

/** Lets both ends speak. Throws what one of them throws. */
function shake(one: DialingHandshake, other: AcceptingHandshake): { dialed: Peer; accepted: Peer } {
  const challenge = other.receive(one.begin());
  const proof = one.receive(challenge.reply!);
  const welcome = other.receive(proof.reply!);
  const ready = one.receive(welcome.reply!);
  const done = other.receive(ready.reply!);
  assert.ok(ready.done && done.done);
  return { dialed: ready.proved!, accepted: welcome.proved! };
}

function faultOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof HandshakeError) return error.fault;
    throw error;
  }
  return 'none';
}

/** The frame with its JSON changed. */
function altered(frame: Uint8Array, change: (body: Record<string, unknown>) => void): Uint8Array {
  const { kind, bytes } = decodeTransport(frame);
  const body = JSON.parse(new TextDecoder().decode(bytes));
  change(body);
  return encodeTransport(kind, new TextEncoder().encode(JSON.stringify(body)));
}

handshake('both ends learn who the other is and number the session alike', () => {
  const { dialed, accepted } = shake(dialer(), acceptor());
  assert.is(dialed.name, 's0');
  assert.is(accepted.name, 'w1');
  assert.is(dialed.session, 5);
  assert.is(accepted.session, 5);
});

handshake('a session has the higher of the numbers that its ends are at', () => {
  const { dialed } = shake(dialer({ ...dialing, session: 9 }), acceptor());
  assert.is(dialed.session, 9);
});

handshake('the dialing end estimates how far the other clock is ahead', () => {
  const times = [1000n, 1600n];
  const one = dialer(dialing, token, () => times.shift()!);
  const { dialed } = shake(
    one,
    acceptor(
      accepting,
      token,
      () => null,
      () => 50_300n
    )
  );
  assert.is(dialed.roundTripNanos, 600);
  assert.is(dialed.clockOffsetNanos, 49_000);
});

handshake('a wrong token is found by the accepting end, and told', () => {
  const one = dialer(dialing, 'a token of another run');
  const other = acceptor();
  const proof = one.receive(other.receive(one.begin()).reply!).reply!;
  assert.throws(
    () => other.receive(proof),
    (error: HandshakeError) =>
      error.fault === 'token' && /w1 does not have the token of s0/.test(error.message)
  );
  const told = refusal(new HandshakeError('token', 'w1 does not have the token of s0'));
  assert.throws(
    () => one.receive(told),
    (error: HandshakeError) => error.fault === 'token' && error.told
  );
});

handshake('an accepting end without the token is found by the dialing one', () => {
  const one = dialer();
  const elsewhere = dialer();
  const stranger = acceptor();
  const friend = acceptor();
  one.receive(stranger.receive(one.begin()).reply!);
  const proof = elsewhere.receive(friend.receive(elsewhere.begin()).reply!).reply!;
  const replayed = friend.receive(proof).reply!;
  assert.is(
    faultOf(() => one.receive(replayed)),
    'token'
  );
});

handshake('a proof sent back to its author proves nothing', () => {
  const one = dialer();
  const own = one.receive(acceptor().receive(one.begin()).reply!).reply!;
  const { bytes } = decodeTransport(own);
  const body = { ...JSON.parse(new TextDecoder().decode(bytes)), session: 0 };
  const echoed = encodeTransport(203, new TextEncoder().encode(JSON.stringify(body)));
  assert.is(
    faultOf(() => one.receive(echoed)),
    'token'
  );
});

handshake('a claim that is changed on its way breaks the proof', () => {
  const one = dialer();
  const other = acceptor();
  const hello = altered(one.begin(), body => {
    body['self'] = { ...dialing, name: 'w2' };
  });
  const proof = one.receive(other.receive(hello).reply!).reply!;
  assert.is(
    faultOf(() => other.receive(proof)),
    'token'
  );
});

handshake('another protocol is refused with both versions named', () => {
  const hello = altered(dialer().begin(), body => {
    body['protocol'] = 2;
    body['more'] = 'of a later version';
  });
  assert.throws(
    () => acceptor().receive(hello),
    (error: HandshakeError) =>
      error.fault === 'protocol' && /protocol 2, this one 1/.test(error.message)
  );
});

handshake('another configuration is refused with both hashes named', () => {
  const one = dialer({ ...dialing, configuration: 'bb'.repeat(32) });
  assert.throws(
    () => shake(one, acceptor()),
    (error: HandshakeError) => error.fault === 'configuration' && /bbbbbbbbbbbb/.test(error.message)
  );
});

handshake('a node that is yet to be told the configuration has none to compare', () => {
  assert.is(shake(dialer({ ...dialing, configuration: null }), acceptor()).accepted.name, 'w1');
});

handshake('the accepting end decides about nodes only when the token is proved', () => {
  const asked: string[] = [];
  const admit: Admit = claimed => {
    asked.push(claimed.name);
    return new HandshakeError('unknown-node', 'there is no w1 in this run');
  };
  assert.is(
    faultOf(() => shake(dialer(dialing, 'a wrong token'), acceptor(accepting, token, admit))),
    'token'
  );
  assert.equal(asked, []);
  assert.is(
    faultOf(() => shake(dialer(), acceptor(accepting, token, admit))),
    'unknown-node'
  );
  assert.equal(asked, ['w1']);
});

handshake('the dialing end refuses a node that it did not dial', () => {
  assert.is(
    faultOf(() => shake(dialer(), acceptor({ ...accepting, name: 's1' }))),
    'wrong-node'
  );
});

handshake('the token is in none of the frames', () => {
  const one = dialer();
  const other = acceptor();
  const frames = [one.begin()];
  frames.push(other.receive(frames[0]!).reply!);
  frames.push(one.receive(frames[1]!).reply!);
  frames.push(other.receive(frames[2]!).reply!);
  frames.push(one.receive(frames[3]!).reply!);
  for (const frame of frames) assert.is(Buffer.from(frame).indexOf(token), -1);
});

handshake('frames out of turn, other JSON and no JSON are malformed', () => {
  const text = (value: string) => new TextEncoder().encode(value);
  for (const frame of [
    encodeTransport(202, text('{}')),
    encodeTransport(200, text('[]')),
    encodeTransport(200, text('{')),
    encodeTransport(200, new Uint8Array([0xff, 0xfe])),
    altered(dialer().begin(), body => {
      body['self'] = { ...dialing, name: 'x1' };
    })
  ]) {
    assert.is(
      faultOf(() => acceptor().receive(frame)),
      'malformed'
    );
  }
});

handshake.run();

/** Sessions, messages on their way, and names of nodes: tables by small numbers. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeIds, placeOf, rankOf, serverId, workerId } from '../../core/node-id.ts';
import { Flights } from '../../sim/flights.ts';
import { Sessions } from '../../sim/sessions.ts';

const test = suite('sessions and flights');

test('each direction between two nodes is a session of its own, with its own count', () => {
  const nodes = 40;
  const sessions = new Sessions(nodes);
  const seen = new Set<number>();
  for (const turn of [0, 1, 2]) {
    for (let from = 0; from < nodes; from++) {
      for (let to = nodes - 1; to >= 0; to -= 3) {
        const session = sessions.between(from, to);
        assert.is(seen.has(session), turn > 0);
        seen.add(session);
        assert.is(sessions.nextSequence(session), turn);
      }
    }
  }
  assert.is(Math.max(...seen), seen.size - 1);
});

test('a flight keeps what it was given, and its number is used again', () => {
  const flights = new Flights();
  const numbers: number[] = [];
  for (let count = 0; count < 300; count++) {
    const message = { kind: 'heartbeat', progress: count } as const;
    numbers.push(
      flights.begin(count, count + 1, 2 * count, count + 2, message, count + 3, count + 4)
    );
  }
  assert.is(flights.size, 300);
  const end = numbers[70]!;
  assert.is(flights.to[end], 71);
  assert.is(flights.bytes[end], 73);
  assert.is(flights.sent[end], 74);
  const message = { kind: 'heartbeat', progress: 70 } as const;
  const input = { kind: 'message', from: 'w9', session: 140, sequence: 72, message };
  assert.equal(flights.end(end, 'w9'), input);
  assert.is(flights.at(end), undefined);
  assert.throws(() => flights.message(end), /no message/);
  assert.is(flights.begin(1, 2, 3, 4, message, 5, 6), end);
  assert.is(flights.size, 300);
});

test('names and places of nodes are each the inverse of the other', () => {
  const ids = nodeIds({ workers: 12, servers: 3 });
  ids.forEach((id, place) => {
    assert.is(placeOf(id, 3), place);
  });
  assert.is(rankOf('w1234567'), 1_234_567);
  assert.is(workerId(9_999_999), 'w9999999');
  assert.is(serverId(7), 's7');
  assert.is(serverId(7), serverId(7));
});

test.run();

/** The table of routes against one list for each session. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SessionRoutes } from '../../sim/session-routes.ts';
import { alike } from '../twice.ts';

const test = suite('session routes');

const links = 6;
const sessions = 5;
const moves = fc.array(
  fc.record({
    session: fc.nat(sessions - 1),
    route: fc.uniqueArray(fc.nat(links - 1), { maxLength: 4 })
  }),
  { maxLength: 60 }
);

test('each session has its own links, however often others are closed and opened', () => {
  fc.assert(
    fc.property(
      moves,
      alike(history => {
        const routes = new SessionRoutes();
        assert.not(routes.isOpen(0));
        routes.grow(sessions);
        const open = new Map<number, number[]>();
        for (const { session, route } of history) {
          if (open.has(session)) {
            routes.close(session);
            open.delete(session);
          } else {
            routes.open(session, route);
            open.set(session, route);
          }
          for (let other = 0; other < sessions; other++) {
            const own = open.get(other);
            assert.is(routes.isOpen(other), own !== undefined);
            if (own === undefined) continue;
            assert.equal([...routes.of(other)], own);
            assert.is(routes.isLocal(other), own.length === 0);
          }
          for (let link = 0; link < links; link++) {
            const over = [...open].flatMap(([one, own]) => (own.includes(link) ? [one] : []));
            assert.equal(
              routes.over(link),
              over.sort((a, b) => a - b)
            );
          }
        }
        return [...routes.links];
      })
    ),
    { seed: 4410, numRuns: 200, includeErrorInReport: true }
  );
});

test('what is closed and opened with as many links takes no more room', () => {
  const routes = new SessionRoutes();
  routes.grow(1);
  const room = routes.links.length;
  for (let time = 0; time < room; time++) {
    routes.open(0, [time, time + 1]);
    routes.close(0);
  }
  assert.is(routes.links.length, room);
});

test.run();

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MembershipError, readMembership } from '../../../exec/launch/membership.ts';

const membership = suite('membership');

const token = { SLACKLINE_TOKEN: 'the token of a run' };

membership('the command line says who a process is', () => {
  const flags = { role: 'worker', rank: '3', join: '10.0.0.1:4711', advertise: 'gpu-3' };
  assert.equal(readMembership(flags, token), {
    id: 'w3',
    join: { kind: 'tcp', host: '10.0.0.1', port: 4711 },
    token: 'the token of a run',
    listen: null,
    advertise: { host: 'gpu-3', port: null }
  });
  const { listen, advertise } = readMembership(
    { ...flags, listen: '0.0.0.0:80', advertise: 'gpu-3:81' },
    token
  );
  assert.equal(listen, { kind: 'tcp', host: '0.0.0.0', port: 80 });
  assert.equal(advertise, { host: 'gpu-3', port: 81 });
});

membership('the environment says it where the command line does not', () => {
  const environment = {
    ...token,
    SLACKLINE_ROLE: 'server',
    SLACKLINE_RANK: '1',
    SLACKLINE_JOIN: 'host:1',
    SLACKLINE_ADVERTISE: '10.0.0.9'
  };
  const { id, advertise } = readMembership({}, environment);
  assert.is(id, 's1');
  assert.is(advertise?.host, '10.0.0.9');
  assert.is(readMembership({ role: 'worker', rank: '0' }, environment).id, 'w0');
});

membership('schedulers give ranks by variables of their own', () => {
  for (const variable of ['SLURM_PROCID', 'JOB_COMPLETION_INDEX', 'OMPI_COMM_WORLD_RANK']) {
    const { id } = readMembership(
      { role: 'worker', join: 'host:1' },
      { ...token, [variable]: '7' }
    );
    assert.is(id, 'w7');
  }
});

membership('there is one coordinator, which needs no rank', () => {
  assert.is(readMembership({ role: 'coordinator', join: 'host:1' }, token).id, 'c');
});

membership('what is missing or wrong is refused with what would be right', () => {
  const right = { role: 'worker', rank: '0', join: 'host:1' };
  const cases: [Record<string, string | undefined>, Record<string, string>, RegExp][] = [
    [{ ...right, join: undefined }, token, /--join HOST:PORT or SLACKLINE_JOIN/],
    [{ ...right, join: 'host' }, token, /"host" is no address: HOST:PORT/],
    [{ ...right, role: undefined }, token, /which role\? --role worker, server or coordinator/],
    [{ ...right, role: 'boss' }, token, /unknown role "boss": --role worker, server/],
    [{ ...right, rank: undefined }, token, /which worker\? --rank says it, or SLACKLINE_RANK/],
    [{ ...right, rank: '-1' }, token, /--rank -1: a rank is a whole number from 0 up/],
    [{ ...right, rank: undefined }, { ...token, SLURM_PROCID: 'x' }, /SLURM_PROCID=x: a rank is/],
    [right, {}, /SLACKLINE_TOKEN or a file named by SLACKLINE_TOKEN_FILE/],
    [right, { SLACKLINE_TOKEN: 'short' }, /8 characters/],
    [{ ...right, advertise: 'unix:/x' }, token, /--advertise|no address/]
  ];
  for (const [flags, environment, reason] of cases) {
    assert.throws(
      () => readMembership(flags, environment),
      (error: Error) => error instanceof MembershipError && reason.test(error.message),
      String(reason)
    );
  }
});

membership.run();

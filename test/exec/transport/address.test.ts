import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Address,
  AddressError,
  formatAddress,
  isLoopback,
  parseAddress
} from '../../../exec/transport/address.ts';
import { newToken, readToken, TokenError, writeTokenFile } from '../../../exec/transport/token.ts';

const address = suite('address');

address('addresses are written as they are read', () => {
  for (const text of ['10.0.0.2:4711', 'node-7:0', '[::1]:80', 'unix:/run/s0.sock']) {
    assert.is(formatAddress(parseAddress(text)), text);
  }
});

address('text that is no address is refused with what would be right', () => {
  const cases: [string, RegExp][] = [
    ['4711', /HOST:PORT/],
    ['host:', /HOST:PORT/],
    ['host:99999', /at most 65535/],
    ['::1:80', /HOST:PORT/],
    ['[host]:80', /HOST:PORT/],
    ['unix:relative', /absolute/],
    [`unix:/${'x'.repeat(120)}`, /longer than/]
  ];
  for (const [text, reason] of cases) {
    assert.throws(
      () => parseAddress(text),
      (error: Error) => error instanceof AddressError && reason.test(error.message)
    );
  }
});

address('only this host reaches a loopback address', () => {
  const loopback = (text: string) => isLoopback(parseAddress(text));
  assert.equal(['127.0.0.1:1', '127.8.8.8:1', '[::1]:1', 'localhost:1'].map(loopback), [
    true,
    true,
    true,
    true
  ]);
  assert.equal(['0.0.0.0:1', '10.0.0.1:1', '[::]:1'].map(loopback), [false, false, false]);
  assert.ok(isLoopback({ kind: 'unix', path: '/x' } satisfies Address));
});

address('a token comes by the environment, or by a file that others cannot read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slackline-test-'));
  const file = join(folder, 'token');
  const token = newToken();
  writeTokenFile(file, token);
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.is(readToken({ SLACKLINE_TOKEN_FILE: file }), token);
  assert.is(
    readToken({ SLACKLINE_TOKEN: 'by the environment', SLACKLINE_TOKEN_FILE: file }),
    'by the environment'
  );
  assert.is(readToken({}), null);
  chmodSync(file, 0o640);
  const refusals: [Record<string, string>, RegExp][] = [
    [{ SLACKLINE_TOKEN_FILE: file }, /others can read it; chmod 600/],
    [{ SLACKLINE_TOKEN_FILE: join(folder, 'none') }, /ENOENT/],
    [{ SLACKLINE_TOKEN: 'short' }, /8 characters/]
  ];
  for (const [environment, reason] of refusals) {
    assert.throws(
      () => readToken(environment),
      (error: Error) => error instanceof TokenError && reason.test(error.message)
    );
  }
  rmSync(folder, { recursive: true });
});

address.run();

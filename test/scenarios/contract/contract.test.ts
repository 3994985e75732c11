/**
 * The contract said in protocols that are still to come: five plays, written as values of its types,
 * with every message through the codec. With SLACKLINE_REWRITE=1 their texts are written again.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deathAndRejoin } from './death-and-rejoin.ts';
import { failover } from './failover.ts';
import { kSync } from './k-sync.ts';
import { localSgd } from './local-sgd.ts';
import { powerSgd } from './power-sgd.ts';

const test = suite('contract');

const folder = path.dirname(fileURLToPath(import.meta.url));
const rewrites = process.env['SLACKLINE_REWRITE'] === '1';

const plays: readonly (readonly [name: string, what: string, play: () => string])[] = [
  ['k-sync', 'the first K gradients make an update, the same ones on every shard', kSync],
  ['local-sgd', 'deltas of local steps meet an outer optimizer', localSgd],
  ['power-sgd', 'an update comes in two rounds, and each brings an aggregate back', powerSgd],
  ['failover', 'a follower takes over what was received and not settled', failover],
  [
    'death-and-rejoin',
    'the dead release the waiting, and come back at the slowest clock',
    deathAndRejoin
  ]
];

for (const [name, what, play] of plays) {
  test(what, () => {
    const golden = path.join(folder, `${name}.txt`);
    const text = play();
    if (rewrites) fs.writeFileSync(golden, text);
    else assert.fixture(text, fs.readFileSync(golden, 'utf8'));
  });
}

test.run();

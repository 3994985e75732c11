/**
 * Runs every script of this folder. If one fails, run the test with SLACKLINE_REWRITE=1 and look at
 * the difference: commit it only when you understand what caused it.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Commands } from './commands.ts';
import { formatScript, parseScript } from './script.ts';

const test = suite('scenarios');

const folder = path.dirname(fileURLToPath(import.meta.url));
const rewrites = process.env['SLACKLINE_REWRITE'] === '1';

for (const file of fs
  .readdirSync(folder)
  .filter(name => name.endsWith('.txt'))
  .sort()) {
  const where = path.join(folder, file);
  test(path.basename(file, '.txt').replaceAll('-', ' '), () => {
    const text = fs.readFileSync(where, 'utf8');
    const paragraphs = parseScript(text);
    const commands = new Commands();
    const traces = paragraphs.map(({ command }) =>
      command === null ? null : commands.run(command)
    );
    const found = formatScript(paragraphs, traces);
    if (rewrites) fs.writeFileSync(where, found);
    else assert.fixture(found, text);
  });
}

test.run();

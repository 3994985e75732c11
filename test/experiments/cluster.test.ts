/**
 * A run that waits and nodes that join it, every one by its own command: on hosts of their own
 * where the machine permits network namespaces, else all on the loopback interface.
 */
import { once } from 'node:events';
import * as fs from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../core/config.ts';
import type { Row } from '../../core/record.ts';
import { makeHosts } from '../../exec/launch/namespaces.ts';
import { newToken } from '../../exec/transport/token.ts';
import { digestOf, simulatedDigest } from '../exec/quadratic-run.ts';
import { type RunningCommand, start } from './command.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('a cluster by hand');
const root = fileURLToPath(new URL('../..', import.meta.url));
const token = newToken();
const secret = { SLACKLINE_TOKEN: token };

/** Where a command runs. */
interface Place {
  readonly namespace: string | null;
  readonly address: string;
}

const here: Place = { namespace: null, address: '127.0.0.1' };
const members = [
  ['coordinator', '0'],
  ['server', '0'],
  ['worker', '0'],
  ['worker', '1']
] as const;

/** Calls `body` with so many hosts, and what starts a command on one; ends what is left. */
async function onHosts(
  count: number,
  body: (
    hosts: readonly Place[],
    command: (host: Place, words: readonly string[], options?: CommandOptions) => RunningCommand,
    folder: string
  ) => Promise<void>
): Promise<void> {
  const network = count === 1 ? 'one host needs no network' : makeHosts(count);
  const hosts = typeof network === 'string' ? Array<Place>(count).fill(here) : network.hosts;
  const commands: RunningCommand[] = [];
  try {
    await inTemporaryFolder(async folder => {
      fs.writeFileSync(path.join(folder, 'a.ts'), experimentFile);
      const command = (host: Place, words: readonly string[], options: CommandOptions = {}) => {
        const { environment = secret, ...rest } = options;
        const { namespace } = host;
        const started = start(folder, words, { namespace, environment, ...rest });
        commands.push(started);
        return started;
      };
      await body(hosts, command, folder);
    });
  } finally {
    for (const { child } of commands) child.kill('SIGKILL');
    if (typeof network !== 'string') network.close();
  }
}

interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly script?: string;
}

/** Two workers and a server, barrier-synchronous: the result is the simulated one, bit for bit. */
const experimentFile = `
  import { experiment } from '${root}experiments/harness/experiment.ts';
  import { quadratic } from '${root}core/config/problem.ts';
  export default experiment({
    question: 'Do they meet?', seeds: 1,
    base: {
      workers: 2, servers: 1, problem: quadratic({ dimension: 300, noise: 0.5 }),
      stopAt: { iterations: 12 }, environment: { compute: 'constant:1ms' }
    }
  });`;

const wait = (address: string, ...words: readonly string[]): string[] => {
  return ['run', 'a.ts', '--real', '--wait-for-nodes', '--listen', address, ...words];
};
const node = ([role, rank]: readonly [string, string], join: string): string[] => {
  return ['node', '--role', role, '--rank', rank, '--join', join];
};
const meetingPlace = /^nodes join at (\S+)$/m;

test('every node by its own command, the results are the simulated ones', () =>
  onHosts(5, async (hosts, command, folder) => {
    const [meeting, ...others] = hosts;
    const run = command(meeting!, wait(`${meeting!.address}:0`, '--json'));
    const [, join = ''] = await run.says(meetingPlace);
    assert.is(join.slice(0, join.lastIndexOf(':')), meeting!.address);
    const nodes = members.map((member, index) => {
      const host = others[index]!;
      return command(host, [...node(member, join), '--advertise', host.address]);
    });
    const { code, stdout, stderr } = await run.end;
    assert.is(code, 0, stderr);
    for (const { end } of nodes) {
      const ended = await end;
      assert.is(ended.code, 0, ended.stderr);
      assert.match(ended.stderr, /^(c|s0|w0|w1): run 1 has ended \(done\)\n$/);
    }
    assert.is(JSON.parse(stdout).kind, 'results');
    const stored = storedRun(folder);
    assert.is(digestOf(rowsOf(stored)), await simulatedDigest(configOf(stored)));
  }));

test('nodes that are told to stay take part in every run of the sweep', () =>
  onHosts(1, async ([host], command, folder) => {
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    const run = command(host!, wait(address, '--seeds', '2'));
    const nodes = members.map(member => command(host!, [...node(member, address), '--stay', '1']));
    const { code, stderr } = await run.end;
    assert.is(code, 0, stderr);
    assert.is(fs.readdirSync(path.join(folder, 'runs/a')).filter(isRun).length, 2);
    for (const { end } of nodes) {
      const ended = await end;
      assert.is(ended.code, 0, ended.stderr);
      assert.match(ended.stderr, /: run 2 has ended \(done\)\n/);
    }
  }));

test('who may not join is told why, and so is the run, which goes on waiting', () =>
  onHosts(2, async ([meeting, other], command, folder) => {
    const run = command(meeting!, wait(`${meeting!.address}:0`));
    const [, join = ''] = await run.says(meetingPlace);
    const worker = node(['worker', '0'], join);

    const stranger = await command(other!, worker, {
      environment: { SLACKLINE_TOKEN: newToken() }
    }).end;
    const wrongToken = 'w0 does not have the token of supervisor: SLACKLINE_TOKEN must be the same';
    assert.is(stranger.code, 2);
    assert.match(stranger.stderr, new RegExp(`^w0: cannot join ${join}: ${wrongToken}.*\n$`));
    await run.says(new RegExp(`^${other!.address}:\\d+: ${wrongToken}`, 'm'));

    const script = await olderBuild(folder);
    const older = await command(other!, worker, { script }).end;
    const remedy = 'the same version of slackline is needed everywhere';
    assert.is(older.code, 2);
    assert.match(older.stderr, new RegExp(`^w0: cannot join ${join}: .*protocol.*: ${remedy}\n$`));
    await run.says(
      new RegExp(`^${other!.address}:\\d+: .* speaks protocol 0, this one 1: ${remedy}`, 'm')
    );

    const unknown = await command(other!, node(['worker', '2'], join)).end;
    const noSuchNode = 'there is no w2 in this run: c, s0, w0 to w1';
    assert.is(unknown.code, 2);
    assert.is(unknown.stderr, `w2: cannot join ${join}: ${noSuchNode}\n`);
    await run.says(new RegExp(`^${other!.address}:\\d+: ${noSuchNode}`, 'm'));

    const nodes = members.map(member => command(other!, node(member, join)));
    assert.is((await run.end).code, 0);
    for (const { end } of nodes) assert.is((await end).code, 0);
  }));

test('nodes of different runs find out by the hashes of their configurations', () =>
  onHosts(1, async ([host], command) => {
    const [one, another] = [
      command(host!, wait('127.0.0.1:0', '--transport', 'tcp')),
      command(host!, wait('127.0.0.1:0', '--transport', 'tcp', '--out', 'b', '--set', 'seed=7'))
    ];
    const [, join = ''] = await one.says(meetingPlace);
    const [, joinAnother = ''] = await another.says(meetingPlace);
    // The server of one run says that it is found where that of the other run listens.
    const place = `127.0.0.1:${await freePort()}`;
    const server = command(host!, [...node(['server', '0'], joinAnother), '--listen', place]);
    command(host!, [...node(['server', '0'], join), '--advertise', place]);
    for (const member of members) if (member[0] !== 'server') command(host!, node(member, join));
    const { code, stderr } = await one.end;
    assert.is(code, 1);
    const hashes = /(c|w\d) runs configuration [0-9a-f]{12}, s0 runs [0-9a-f]{12}/;
    assert.match(stderr, hashes);
    await server.says(hashes);
  }));

test('a port in use: the command has not begun (2); a node that joined fails its run (1)', () =>
  onHosts(1, async ([host], command) => {
    const taken = await listening();
    const address = `127.0.0.1:${taken.port}`;
    try {
      const run = await command(host!, wait(address)).end;
      assert.is(run.code, 2);
      assert.is(
        run.stderr,
        `slackline: --listen: listen EADDRINUSE: address already in use ${address}; ` +
          'port 0 takes any free one\n'
      );

      const waiting = command(host!, wait('127.0.0.1:0', '--transport', 'tcp'));
      const [, join = ''] = await waiting.says(meetingPlace);
      const server = command(host!, [...node(['server', '0'], join), '--listen', address]);
      const fault = `listen EADDRINUSE: address already in use ${address}`;
      const [atNode, atRun] = [await server.end, await waiting.end];
      assert.is(atNode.code, 1);
      assert.is(atNode.stderr, `s0: ${fault}\n`);
      assert.is(atRun.code, 1);
      assert.match(atRun.stderr, new RegExp(`failed: s0.*: ${fault}\n`));
    } finally {
      taken.close();
    }
  }));

test.run();

/** The command as another version of it would be: it speaks another protocol. Returns its path. */
async function olderBuild(folder: string): Promise<string> {
  const dist = path.join(folder, 'dist');
  fs.cpSync(path.join(root, 'dist'), dist, { recursive: true });
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  let changed = 0;
  for (const name of fs.readdirSync(dist).filter(file => file.endsWith('.js'))) {
    const file = path.join(dist, name);
    const text = fs.readFileSync(file, 'utf8');
    const older = text.replace('var protocolVersion = 1;', 'var protocolVersion = 0;');
    if (older === text) continue;
    fs.writeFileSync(file, older);
    changed += 1;
  }
  assert.ok(changed >= 1, 'no file of the build has the protocol version');
  return path.join(dist, 'cli.js');
}

function isRun(name: string): boolean {
  return /^\w{16}$/.test(name);
}

function storedRun(folder: string): string {
  const results = path.join(folder, 'runs/a');
  return path.join(results, fs.readdirSync(results).find(isRun) ?? '');
}

function configOf(run: string): Config {
  return JSON.parse(fs.readFileSync(path.join(run, 'config.json'), 'utf8'));
}

function rowsOf(run: string): Row[] {
  const lines = fs.readFileSync(path.join(run, 'rows.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map(line => JSON.parse(line));
}

/** A socket that listens on a port of its own. */
async function listening(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const { port, close } = await listening();
  close();
  return port;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { builtFile } from '../../exec/launch/built-file.ts';
import { type Host, makeHosts } from '../../exec/launch/namespaces.ts';
import { newToken } from '../../exec/transport/token.ts';
import { unless } from '../skip.ts';
import { quadraticRun, simulatedDigest } from './quadratic-run.ts';

const namespaces = suite('nodes on hosts of their own');

const token = newToken();

const probe = makeHosts(1);
const missing =
  typeof probe === 'string' ? `network namespaces are not permitted here (${probe})` : null;
if (typeof probe !== 'string') probe.close();
const withHosts = unless(namespaces, missing);

withHosts('each node at its own address, the result is the simulated one', async () => {
  const network = makeHosts(5);
  if (typeof network === 'string') throw new Error(network);
  const processes: ChildProcess[] = [];
  const start = (host: Host, words: string[], environment: Record<string, string>) => {
    const child = spawn('ip', ['netns', 'exec', host.namespace, process.execPath, ...words], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, SLACKLINE_TOKEN: token, ...environment }
    });
    let said = '';
    child.stderr.on('data', text => {
      said += text;
    });
    processes.push(child);
    return { child, ended: ended(child).then(code => ({ code, said })) };
  };
  try {
    const [meeting, ...others] = network.hosts;
    const script = fileURLToPath(new URL('waiting.ts', import.meta.url));
    const run = start(meeting!, ['--import', 'tsx', script, `${meeting!.address}:0`], {});
    const nodeProcess = await builtFile('node-process');
    const ends: Promise<{ code: number | null; said: string }>[] = [run.ended];
    let result: unknown = null;
    for await (const line of createInterface({ input: run.child.stdout })) {
      const told = JSON.parse(line);
      if (told.kind === 'result') result = told;
      if (told.kind !== 'listening') continue;
      assert.match(told.address, /^10\.77\.0\.1:\d+$/);
      assert.is(told.tokenFile, null);
      for (const [index, [role, rank]] of members.entries()) {
        const environment = {
          SLACKLINE_ROLE: role,
          SLACKLINE_RANK: rank,
          SLACKLINE_JOIN: told.address
        };
        ends.push(start(others[index]!, [nodeProcess], environment).ended);
      }
    }
    for (const { code, said } of await Promise.all(ends)) assert.is(code, 0, said);
    assert.equal(result, {
      kind: 'result',
      outcome: { kind: 'done', reason: 'iterations' },
      digest: await simulatedDigest(quadraticRun())
    });
  } finally {
    for (const child of processes) child.kill('SIGKILL');
    network.close();
  }
});

const members = [
  ['coordinator', '0'],
  ['server', '0'],
  ['worker', '0'],
  ['worker', '1']
] as const;

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise(resolve => child.once('close', code => resolve(code)));
}

namespaces.run();

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nativeFolder } from '../../../exec/backends/native-folder.ts';
import { projectRoot } from '../../../exec/project-root.ts';
import { unless } from '../../skip.ts';

const test = suite('npm run native');

const script = path.join(projectRoot, 'exec', 'backends', 'native.ts');

function native(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: projectRoot,
    encoding: 'utf8'
  });
}

test('bad usage ends with 2 and the usage', () => {
  for (const args of [['--gpu'], ['--cuda', '--tensorflow', 'x'], ['--tensorflow'], ['x']]) {
    const { status, stderr } = native(...args);
    assert.is(status, 2, args.join(' '));
    assert.match(stderr, /usage: npm run native/);
  }
});

// On other systems the first message is that it is for Linux.
const onLinux = unless(test, process.platform === 'linux' ? null : 'npm run native is for Linux');

onLinux('a folder that is no TensorFlow is refused before anything is done', () => {
  const empty = fs.mkdtempSync(path.join(os.tmpdir(), 'slackline-native-'));
  try {
    const { status, stderr } = native('--tensorflow', empty);
    assert.is(status, 1);
    assert.ok(stderr.includes(`${empty} has no libtensorflow_cc.so.2`), stderr);
  } finally {
    fs.rmdirSync(empty);
  }
});

const stamp = path.join(nativeFolder, 'built.json');
const built = fs.existsSync(stamp) ? JSON.parse(fs.readFileSync(stamp, 'utf8')) : null;
const cpu = unless(test, built?.source === 'cpu' ? null : 'there is no native build for the CPU');

cpu('a second run finds all done', () => {
  const { status, stdout } = native();
  assert.is(status, 0);
  assert.match(stdout, /native is built: tfjs-node-gpu 4\.22\.0 \(cpu\)/);
});

test.run();

/**
 * Executes a notebook without a browser, by nbconvert and the Deno kernel of this project:
 *
 *   node --import tsx notebooks/execute.ts notebooks/staleness.ipynb
 *
 * It keeps its outputs in the file. The description of the kernel is written into a temporary
 * folder, since it holds the path of this machine's Deno, and nothing is installed anywhere.
 */
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ExecuteOptions {
  /** Where the executed notebook goes; the notebook itself, to keep its outputs there. */
  readonly output: string;
  /** Added to the environment of the kernel: `SLACKLINE_RESULTS` names a folder of results. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A cell that takes longer hangs. */
const cellSecondsMax = 120;

/** What is missing for notebooks to be executed here, with the remedy; null when nothing is. */
export function missingForNotebooks(): string | null {
  if (denoExecutable() === null) return 'the package deno is not installed: npm ci';
  const probe = spawnSync('python3', ['-c', 'import nbconvert, jupyter_client'], {
    encoding: 'utf8'
  });
  if (probe.error !== undefined) return 'there is no python3';
  if (probe.status === 0) return null;
  return 'nbconvert is not installed: pip install nbconvert ipykernel jupyter-client';
}

/** Executes the notebook. Throws with nbconvert's message, in which the failing cell stands. */
export async function executeNotebook(notebook: string, options: ExecuteOptions): Promise<void> {
  const missing = missingForNotebooks();
  if (missing !== null) throw new Error(missing);
  const jupyter = fs.mkdtempSync(path.join(os.tmpdir(), 'slackline-jupyter-'));
  try {
    writeKernel(path.join(jupyter, 'kernels', 'deno'));
    await convert(notebook, options, jupyter);
  } finally {
    fs.rmSync(jupyter, { recursive: true, force: true });
  }
}

function writeKernel(folder: string): void {
  const kernel = {
    argv: [denoExecutable(), 'jupyter', '--kernel', '--conn', '{connection_file}'],
    display_name: 'Deno',
    language: 'typescript'
  };
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'kernel.json'), JSON.stringify(kernel));
}

function convert(notebook: string, options: ExecuteOptions, jupyter: string): Promise<void> {
  const output = path.resolve(options.output);
  const settings = [
    ['--to', 'notebook'],
    ['--execute', path.resolve(notebook)],
    ['--output', path.basename(output)],
    ['--output-dir', path.dirname(output)],
    ['--ExecutePreprocessor.kernel_name', 'deno'],
    ['--ExecutePreprocessor.timeout', String(cellSecondsMax)],
    // Times of execution would make every execution a change of the file.
    ['--ExecutePreprocessor.record_timing', 'False']
  ];
  const child = spawn('python3', ['-m', 'nbconvert', ...settings.flat()], {
    env: {
      ...process.env,
      NO_COLOR: '1',
      JUPYTER_PATH: jupyter,
      JUPYTER_RUNTIME_DIR: path.join(jupyter, 'runtime'),
      JUPYTER_CONFIG_DIR: path.join(jupyter, 'config'),
      JUPYTER_PLATFORM_DIRS: '1',
      ...options.environment
    },
    stdio: ['ignore', 'ignore', 'pipe']
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) resolve();
      else reject(new Error(`${notebook} was not executed\n${complaints}`));
    });
  });
}

// The binary itself and not the script that starts it: a kernel is stopped by its process id.
function denoExecutable(): string | null {
  const folder = (createRequire(import.meta.url).resolve.paths('deno') ?? [])
    .map(modules => path.join(modules, 'deno'))
    .find(candidate => fs.existsSync(candidate));
  if (folder === undefined) return null;
  const binary = path.join(folder, process.platform === 'win32' ? 'deno.exe' : 'deno');
  return fs.existsSync(binary) ? binary : null;
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [, , notebook] = process.argv;
  if (notebook === undefined) {
    console.error('which notebook? node --import tsx notebooks/execute.ts notebooks/staleness.ipynb');
    process.exit(2);
  }
  await executeNotebook(notebook, { output: notebook });
}

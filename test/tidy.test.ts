/**
 * The house rules that a machine can check: who imports whom, what `core` and `sim` may use, sizes
 * of files and functions, and that no test file passes by never running.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('..', import.meta.url));
const tidy = suite('tidy');

/** Which folders a folder may import from, besides itself. */
const floors: Readonly<Record<string, readonly string[]>> = {
  core: [],
  sim: ['core'],
  exec: ['core'],
  experiments: ['core', 'sim', 'exec'],
  test: ['core', 'sim', 'exec', 'experiments', 'notebooks']
};

/** Packages of `core` and `sim`; the first has one place only. */
const corePackages = new Map([
  ['seedrandom', /^core\/random\.ts$/],
  ['zod', /^core\//]
]);

/** What has no place where the same input must give the same bits, on any machine and in a browser. */
const deniedGlobals = new Set([
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'console',
  'Promise',
  'Intl',
  'crypto',
  'globalThis',
  'require',
  'Buffer',
  'fetch'
]);

/** Members of Math that ECMAScript defines to the last bit. */
const exactMath = new Set([
  'abs',
  'ceil',
  'clz32',
  'floor',
  'fround',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'sqrt',
  'trunc',
  'PI',
  'E',
  'LN2',
  'LN10',
  'LOG2E',
  'LOG10E',
  'SQRT2',
  'SQRT1_2'
]);

const fileLinesMax = 400;
const functionLinesMax = 70;
/** The formatter holds code to a hundred; a comment may run over by a word. */
const columnsMax = 110;

const files = listFiles();
const sources = files.filter(file => /\.(ts|js)$/.test(file));
const parsed = new Map(sources.map(file => [file, parse(file)]));

tidy('there are sources to look at', () => {
  assert.ok(sources.length > 50, `only ${sources.length} files`);
});

tidy('a folder imports from itself and the floors below only', () => {
  const wrong: string[] = [];
  eachImport((file, target) => {
    if (!target.startsWith('.')) return;
    const [floor = ''] = file.split('/');
    const [below = ''] = path.posix.join(path.posix.dirname(file), target).split('/');
    if (floor === below || below === 'dist' || floors[floor]?.includes(below)) return;
    wrong.push(`${file} imports ${target}`);
  });
  assert.equal(wrong, []);
});

tidy('core and sim import two packages, each in its place, and nothing of Node', () => {
  const wrong: string[] = [];
  eachImport((file, target) => {
    if (!isPure(file) || target.startsWith('.')) return;
    if (corePackages.get(target)?.test(file) !== true) wrong.push(`${file} imports ${target}`);
  });
  assert.equal(wrong, []);
});

tidy('relative imports name the file with its ending', () => {
  const wrong: string[] = [];
  eachImport((file, target) => {
    if (target.startsWith('.') && !/\.(ts|js|json)$/.test(target)) wrong.push(`${file}: ${target}`);
  });
  assert.equal(wrong, []);
});

tidy('core and sim use no time, no chance, no input and output, and only exact arithmetic', () => {
  const wrong: string[] = [];
  for (const [file, source] of parsed) {
    if (!isPure(file)) continue;
    visit(source, node => {
      const problem = impurity(node);
      if (problem !== null) wrong.push(`${place(file, source, node)}: ${problem}`);
    });
  }
  assert.equal(wrong, []);
});

tidy('files and functions stay small enough to read', () => {
  const wrong: string[] = [];
  for (const [file, source] of parsed) {
    const lines = source.text.split('\n').length - 1;
    if (lines > fileLinesMax) wrong.push(`${file} has ${lines} lines, ${fileLinesMax} at most`);
    visit(source, node => {
      if (!isFunction(node)) return;
      const length = lineOf(source, node.getEnd()) - lineOf(source, node.getStart(source)) + 1;
      if (length > functionLinesMax && !holdsTests(node)) {
        wrong.push(`${place(file, source, node)}: a function of ${length} lines`);
      }
    });
  }
  assert.equal(wrong, []);
});

tidy('lines fit a screen', () => {
  const wrong: string[] = [];
  for (const file of sources) {
    const lines = read(file).split('\n');
    lines.forEach((line, index) => {
      // A literal that cannot be broken (a path, a table of bytes in base64) may run on.
      if ([...line].length > columnsMax && !/['"`][^ ]{60,}['"`]/.test(line)) {
        wrong.push(`${file}:${index + 1}`);
      }
    });
  }
  assert.equal(wrong, []);
});

tidy('no file is a drawer for odds and ends', () => {
  const drawers = /^(index|utils?|types|helpers?|common|misc)\.(ts|js)$/;
  assert.equal(
    sources.filter(file => drawers.test(path.basename(file))),
    []
  );
});

tidy('every test file runs every suite that it makes', () => {
  const wrong: string[] = [];
  for (const file of files.filter(file => file.endsWith('.test.ts'))) {
    const text = read(file);
    const suites = [...text.matchAll(/(?:const|let) (\w+) = suite(?:<[^=]*>)?\(/g)];
    if (suites.length === 0) wrong.push(`${file} has no suite`);
    for (const [, name] of suites) {
      if (!text.includes(`${name}.run()`)) wrong.push(`${file} never runs ${name}`);
    }
  }
  assert.equal(wrong, []);
});

tidy('nothing is left for later, and no path belongs to one machine', () => {
  const later = new RegExp(`\\b(${['TO', 'FIX', 'X', 'HA'].join('|')})(?:DO|ME|XX|CK)\\b`);
  const machine = new RegExp(`(^|[\\s'"\`(=])/(${['work', 'root', 'home', 'farm'].join('|')})/`);
  const wrong: string[] = [];
  for (const file of files.filter(file => /\.(ts|js|json|md|sh|ipynb)$/.test(file))) {
    if (file === 'package-lock.json') continue;
    const lines = read(file).split('\n');
    lines.forEach((line, index) => {
      if (later.test(line) || machine.test(line))
        wrong.push(`${file}:${index + 1}: ${line.trim()}`);
    });
  }
  assert.equal(wrong, []);
});

tidy.run();

function isPure(file: string): boolean {
  return file.startsWith('core/') || file.startsWith('sim/');
}

function impurity(node: ts.Node): string | null {
  if (ts.isIdentifier(node) && deniedGlobals.has(node.text) && isReference(node)) return node.text;
  if (ts.isIdentifier(node) && node.text === 'Math' && isReference(node)) {
    const { parent } = node;
    if (!ts.isPropertyAccessExpression(parent)) return 'Math under another name';
    if (!exactMath.has(parent.name.text)) return `Math.${parent.name.text}`;
  }
  const kinds = new Map([
    [ts.SyntaxKind.AsteriskAsteriskToken, '**'],
    [ts.SyntaxKind.AsteriskAsteriskEqualsToken, '**='],
    [ts.SyntaxKind.AsyncKeyword, 'async'],
    [ts.SyntaxKind.AwaitExpression, 'await']
  ]);
  return kinds.get(node.kind) ?? null;
}

// Whether an identifier stands for a value of that name: no member, no field, no import, no type.
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent))
    return parent.name !== node;
  if (ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) return false;
  if (ts.isTypeReferenceNode(parent) || ts.isImportSpecifier(parent)) return false;
  return !ts.isParameter(parent) && !ts.isVariableDeclaration(parent);
}

// A test's own function is a script: its length is that of the story.
function holdsTests(node: ts.Node): boolean {
  return node.getSourceFile().fileName.endsWith('.test.ts');
}

function isFunction(node: ts.Node): boolean {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node)
  );
}

function eachImport(found: (file: string, target: string) => void): void {
  for (const [file, source] of parsed) {
    visit(source, node => {
      const target =
        ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
          ? node.moduleSpecifier
          : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
            ? node.arguments[0]
            : undefined;
      if (target !== undefined && ts.isStringLiteral(target)) found(file, target.text);
    });
  }
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, child => visit(child, see));
}

function place(file: string, source: ts.SourceFile, node: ts.Node): string {
  return `${file}:${lineOf(source, node.getStart(source)) + 1}`;
}

function lineOf(source: ts.SourceFile, position: number): number {
  return source.getLineAndCharacterOfPosition(position).line;
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2023, true);
}

function read(file: string): string {
  return fs.readFileSync(path.join(root, file), 'utf8');
}

// What git tracks or would: build outputs and results are not sources.
function listFiles(): string[] {
  const arguments_ = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const names = execFileSync('git', arguments_, { cwd: root, encoding: 'utf8' }).split('\n');
  return names.filter(
    name => /^[^./]+(\/|\.\w+$)/.test(name) && fs.existsSync(path.join(root, name))
  );
}

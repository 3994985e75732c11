/** Hosts of a small network on this machine: a network namespace each, joined by a bridge. */
import { execFileSync, type SpawnSyncReturns } from 'node:child_process';

export interface Host {
  readonly namespace: string;
  readonly address: string;
}

export interface Hosts {
  readonly hosts: readonly Host[];
  close(): void;
}

/** Makes `count` hosts; the reason where this machine does not permit it. */
export function makeHosts(count: number): Hosts | string {
  const base = `sl${process.pid}`;
  const made: string[] = [];
  const close = (): void => {
    for (const namespace of made.splice(0)) ip('netns', 'del', namespace);
  };
  try {
    const hosts = Array.from({ length: count }, (_, index): Host => {
      return { namespace: `${base}h${index}`, address: `10.77.0.${index + 1}` };
    });
    for (const { namespace } of hosts) {
      ip('netns', 'add', namespace);
      made.push(namespace);
    }
    const [first, ...others] = hosts;
    ip('-n', first!.namespace, 'link', 'add', 'bridge', 'type', 'bridge');
    bringUp(first!, 'bridge');
    others.forEach((host, index) => {
      const port = `port${index}`;
      const ends = ['type', 'veth', 'peer', 'name', port, 'netns', first!.namespace];
      ip('link', 'add', 'cable', 'netns', host.namespace, ...ends);
      ip('-n', first!.namespace, 'link', 'set', port, 'master', 'bridge', 'up');
      bringUp(host, 'cable');
    });
    return { hosts, close };
  } catch (error) {
    close();
    return reasonOf(error);
  }
}

function bringUp({ namespace, address }: Host, device: string): void {
  ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', device);
  ip('-n', namespace, 'link', 'set', device, 'up');
  ip('-n', namespace, 'link', 'set', 'lo', 'up');
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function reasonOf(error: unknown): string {
  const { stderr } = error as Partial<SpawnSyncReturns<Buffer>>;
  const said = stderr?.toString().trim() ?? '';
  return said !== '' ? said : error instanceof Error ? error.message : String(error);
}

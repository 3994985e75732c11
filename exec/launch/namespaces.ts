/**
 * Hosts of a small network on this machine: a network namespace each, joined by a bridge, with links
 * that are shaped where that is wanted. Linux, and root there.
 */
import { execFileSync, type SpawnSyncReturns } from 'node:child_process';
import { readdirSync } from 'node:fs';

export interface Host {
  readonly namespace: string;
  readonly address: string;
  /** What goes before a command that is to run on it. */
  readonly command: readonly string[];
}

/** The link of each host but the first, alike in both directions: a token bucket of the kernel. */
export interface ShapedLink {
  readonly bitsPerSecond: number;
  /** Depth of the bucket: at least 1.05 times `segmentBytes`, or segments are cut up in software. */
  readonly burstBytes: number;
}

export interface Hosts {
  readonly hosts: readonly Host[];
  close(): void;
}

/** Largest piece that the kernel hands to a link at once. */
export const segmentBytes = 16_384;
/** What may wait at a link before it drops: more than the windows of a small run. */
const queueBytes = 4_194_304;

/**
 * What makes the kernel's TCP steady: the plain congestion control, no memory of earlier connections,
 * no slow start after a pause, and two segments of a connection in the link's queue.
 */
const settings = {
  tcp_congestion_control: 'reno',
  tcp_slow_start_after_idle: '0',
  tcp_no_metrics_save: '1',
  tcp_limit_output_bytes: String(2 * segmentBytes)
};

const prefix = 'sl';
const open = new Set<() => void>();
process.on('exit', () => {
  for (const close of open) close();
});

/** Makes `count` hosts; the reason where this machine does not permit it. */
export function makeHosts(count: number, link: ShapedLink | null = null): Hosts | string {
  removeAbandoned();
  const base = `${prefix}${process.pid}`;
  const made: string[] = [];
  const close = (): void => {
    open.delete(close);
    for (const namespace of made.splice(0)) ip('netns', 'del', namespace);
  };
  open.add(close);
  try {
    const hosts = Array.from({ length: count }, (_, index): Host => {
      const namespace = `${base}h${index}`;
      const command = ['ip', 'netns', 'exec', namespace];
      return { namespace, address: `10.77.0.${index + 1}`, command };
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
      if (link !== null) {
        shape(host.namespace, 'cable', link);
        shape(first!.namespace, port, link);
        steady(host);
      }
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

function shape(namespace: string, device: string, link: ShapedLink): void {
  const { bitsPerSecond, burstBytes } = link;
  ip('-n', namespace, 'link', 'set', device, 'gso_max_size', String(segmentBytes));
  const rate = [
    'rate',
    `${bitsPerSecond}bit`,
    'burst',
    `${burstBytes}b`,
    'limit',
    `${queueBytes}b`
  ];
  run('tc', '-n', namespace, 'qdisc', 'replace', 'dev', device, 'root', 'tbf', ...rate);
}

function steady({ command }: Host): void {
  const lines = Object.entries(settings).map(
    ([name, value]) => `echo ${value} > /proc/sys/net/ipv4/${name}`
  );
  const [program, ...words] = command;
  run(program!, ...words, 'sh', '-ec', lines.join('\n'));
}

/** Removes the namespaces of processes that were killed before they could. */
function removeAbandoned(): void {
  for (const name of namespaceNames()) {
    const pid = new RegExp(`^${prefix}(\\d+)h\\d+$`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) ip('netns', 'del', name);
  }
}

function namespaceNames(): string[] {
  try {
    return readdirSync('/run/netns');
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function ip(...words: string[]): void {
  run('ip', ...words);
}

function run(program: string, ...words: string[]): void {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function reasonOf(error: unknown): string {
  const { stderr } = error as Partial<SpawnSyncReturns<Buffer>>;
  const said = stderr?.toString().trim() ?? '';
  return said !== '' ? said : error instanceof Error ? error.message : String(error);
}

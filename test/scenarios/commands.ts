/**
 * The commands of scenario scripts. `<a>`, `<b>` are nodes.
 *
 *   cluster workers=2 servers=2 consistency=bsp   a run; also iterations=, gradients=, evaluate=
 *   begin                     everybody joins, pulls and computes; tells who computes what
 *   deliver <a> <b> [kind]    the next message of that session (evaluation's kinds may overtake)
 *   deliver <a>               everything that <a> has in flight
 *   deliver all               everything in flight, and what that sends, until all is quiet
 *   compute <a> [nan|fails]   the computation of <a> ends
 *   in flight                 lists the messages under way
 *   state <a>                 a server's version and what its params hold; a worker's clock
 *   cut session <a> <b>       it ends, what is in flight is lost
 *   reconnect <a> <b>         a new session between them
 *   kill <a>, restart <a>     the end of a node, and its next life
 *   view without <a>, view with <a>    the coordinator tells everybody the next membership
 *   request <n>               the coordinator asks for cut n, under the newest view
 *   abort <a> <b> clock=0 [restart]    server <a> orders worker <b> to give up
 *   wait 5ms                  time passes
 *   quietly <command>         the same, without its trace
 */
import { resolve } from '../../core/config.ts';
import type { NodeId, Result } from '../../core/node.ts';
import { parseNodeId, rankOf } from '../../core/node-id.ts';
import { parseDuration } from '../../core/units.ts';
import { firstView, type View } from '../../core/view.ts';
import { Ledger } from '../ledger.ts';
import { Cluster } from './cluster.ts';

/** Iterations of a worker that a ledger has lines for, unless a script says otherwise. */
const clocksDefault = 8;

/** Runs the commands of one script, one after another. */
export class Commands {
  #cluster: Cluster | null = null;
  #view: View = firstView(1, 1);

  /** Returns the trace of a command. Throws on one that makes no sense. */
  run(command: string): readonly string[] {
    const [verb = '', ...words] = command.split(/\s+/);
    if (verb === 'quietly') {
      this.run(words.join(' '));
      return ['ok'];
    }
    if (verb === 'cluster') return this.#create(words);
    const cluster = this.#present();
    const listed = this.#perform(cluster, verb, words);
    const trace = [...cluster.takeTrace(), ...listed];
    return trace.length === 0 ? ['nothing'] : trace;
  }

  #perform(cluster: Cluster, verb: string, words: readonly string[]): readonly string[] {
    const [first = '', second = ''] = words;
    switch (verb) {
      case 'begin':
        cluster.deliverAll();
        cluster.takeTrace();
        return cluster.busy;
      case 'deliver':
        if (first === 'all') cluster.deliverAll();
        else if (second === '') cluster.deliverFrom(node(first));
        else cluster.deliver(node(first), node(second), words[2] ?? null);
        return [];
      case 'compute':
        cluster.compute(node(first), resultOf(second));
        return [];
      case 'in':
        return cluster.inFlight;
      case 'state':
        return [this.#state(cluster, node(first))];
      case 'cut':
        cluster.cut(node(second), node(words[2] ?? ''));
        return [];
      case 'reconnect':
        cluster.reconnect(node(first), node(second));
        return [];
      case 'kill':
        cluster.kill(node(first));
        return [];
      case 'restart':
        cluster.restart(node(first));
        return [];
      case 'view':
        this.#changeView(cluster, first, rankOf(node(second)));
        return cluster.inFlight;
      case 'request':
        this.#request(cluster, Number(first));
        return cluster.inFlight;
      case 'abort': {
        const clock = Number(words[2]?.replace('clock=', ''));
        const restart = words[3] === 'restart';
        cluster.send(node(first), node(second), { kind: 'abort', view: 1, clock, restart });
        return cluster.inFlight;
      }
      case 'wait':
        cluster.wait(parseDuration(first));
        return [];
      default:
        throw new Error(`unknown command "${verb}"`);
    }
  }

  #create(words: readonly string[]): readonly string[] {
    const options = new Map(words.map(word => word.split('=') as [string, string]));
    const number = (name: string): number | undefined => {
      const value = options.get(name);
      return value === undefined ? undefined : Number(value);
    };
    const workers = number('workers') ?? 2;
    const servers = number('servers') ?? 1;
    const iterations = number('iterations');
    const gradients = number('gradients');
    const everyGradients = number('evaluate');
    const config = resolve({
      workers,
      servers,
      consistency: options.get('consistency') ?? 'bsp',
      problem: { kind: 'quadratic', dimension: 1, condition: 1, noise: 0, heterogeneity: 0 },
      optimizer: { kind: 'sgd', learningRate: 1 },
      evaluation: everyGradients === undefined ? null : { everyGradients },
      stopAt: {
        iterations: iterations ?? clocksDefault,
        ...(gradients === undefined ? {} : { gradients })
      }
    });
    const clocks = iterations ?? clocksDefault;
    this.#cluster = new Cluster(config, new Ledger(workers, servers, clocks));
    this.#view = firstView(workers, servers);
    return ['ok'];
  }

  #state(cluster: Cluster, id: NodeId): string {
    const snapshot = cluster.snapshotOf(id);
    if (!id.startsWith('s')) return `${id} clock=${snapshot['clock']}`;
    const values = field(snapshot['shard'], 'values');
    if (!(values instanceof Float32Array)) throw new Error(`the shard of ${id} has no values`);
    const [version, gradients] = ['version', 'gradients'].map(name =>
      field(snapshot['shard'], name)
    );
    const held = cluster.ledger.describe(values);
    return `${id} version=${version} gradients=${gradients} holds ${held}`;
  }

  #changeView(cluster: Cluster, change: string, rank: number): void {
    const others = this.#view.workers.filter(member => member.rank !== rank);
    const incarnation = cluster.incarnationOf(`w${rank}`);
    const workers = change === 'with' ? [...others, { rank, incarnation }] : others;
    workers.sort((one, other) => one.rank - other.rank);
    this.#view = { ...this.#view, number: this.#view.number + 1, workers };
    const ids: NodeId[] = this.#view.servers.map(({ rank: server }): NodeId => `s${server}`);
    for (const { rank: worker } of workers) ids.push(`w${worker}`);
    for (const id of ids) cluster.send('c', id, { kind: 'view', view: this.#view });
  }

  #request(cluster: Cluster, number: number): void {
    const { number: view, workers } = this.#view;
    for (const { rank } of workers) {
      cluster.send('c', `w${rank}`, { kind: 'cut', view, number, final: false });
    }
  }

  #present(): Cluster {
    if (this.#cluster === null) throw new Error('a script begins with a cluster');
    return this.#cluster;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function node(name: string): NodeId {
  const id = parseNodeId(name);
  if (id === null) throw new Error(`"${name}" is no node`);
  return id;
}

function resultOf(word: string): Result | null {
  switch (word) {
    case '':
      return null;
    case 'fails':
      return { kind: 'failure', reason: 'out of memory' };
    case 'nan': {
      const update = { keys: { kind: 'all' }, length: 0, values: null } as const;
      return { kind: 'gradient', loss: NaN, samples: 1, update, nextKeys: null };
    }
    default:
      throw new Error(`a computation ends, or "nan", or "fails", not "${word}"`);
  }
}

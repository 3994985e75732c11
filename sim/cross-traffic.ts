/**
 * Cross traffic in a simulation: sends the messages of its sources when they are due, and keeps
 * account of how long they take.
 */
import type { CrossTrafficRow } from '../core/record.ts';
import { BatchMeans } from './batch-means.ts';
import { EventQueue } from './event-queue.ts';
import type { Network } from './network.ts';

/** A source at work: draws by the number of the message, from 0 on. */
export interface TrafficSource {
  /** Names of the ends, for its row. */
  readonly from: string;
  readonly to: string;
  readonly fromHost: number;
  readonly toHost: number;
  /** Nanoseconds from one message to the next, not rounded. */
  readonly interval: (message: number) => number;
  /** Whole bytes, 1 at least. */
  readonly bytes: (message: number) => number;
  /** Whether all messages are in one session, or each in one of its own. */
  readonly isFifo: boolean;
  readonly startNanos: number;
  /** Messages in all, or Infinity. */
  readonly messagesMax: number;
  /** Messages that are not counted, at first. */
  readonly warmup: number;
}

interface Account {
  /** Messages sent, and the time of the next one, not rounded. */
  sent: number;
  due: number;
  delivered: number;
  bytes: number;
  sojournNanos: number;
  waitNanos: number;
  sojournNanosMax: number;
  readonly sojourns: BatchMeans;
  readonly waits: BatchMeans;
}

interface Flight {
  readonly source: number;
  readonly number: number;
  readonly session: number;
  readonly bytes: number;
  readonly sent: number;
  /** When its latency is over. */
  readonly ready: number;
}

export class CrossTraffic {
  readonly #sources: readonly TrafficSource[];
  readonly #accounts: readonly Account[];
  /** Sources by the time of their next message. */
  readonly #due = new EventQueue();
  /** Messages under way, by tag. */
  readonly #flights: (Flight | undefined)[] = [];
  readonly #vacant: number[] = [];
  /** Sessions of their own that are free, by source; numbers given out. */
  readonly #idle: readonly number[][];
  #sessions: number;
  /** Bytes under way. */
  #bytes = 0;
  /** By session: when its last delivery was. */
  readonly #through: number[] = [];

  constructor(sources: readonly TrafficSource[]) {
    this.#sources = sources;
    // The session of a FIFO source has the number of the source.
    this.#sessions = sources.length;
    this.#idle = sources.map(() => []);
    this.#accounts = sources.map(({ startNanos, interval }, source) => {
      const due = startNanos + interval(0);
      this.#due.push(Math.round(due), source);
      const none = { delivered: 0, bytes: 0, sojournNanos: 0, waitNanos: 0, sojournNanosMax: 0 };
      return { sent: 0, due, ...none, sojourns: new BatchMeans(), waits: new BatchMeans() };
    });
  }

  /** When the next message is due, in nanoseconds; or Infinity. */
  get time(): number {
    return this.#due.time;
  }

  /** Sends the messages that are due. Sessions are numbered from 0 on, and so are tags. */
  send(now: number, network: Pick<Network, 'send' | 'latencyNanos'>): void {
    while (this.#due.time <= now) {
      const source = this.#due.pop();
      const { fromHost, toHost, interval, bytes, isFifo, messagesMax } = this.#sources[source]!;
      const account = this.#accounts[source]!;
      const number = account.sent++;
      const session = isFifo ? source : (this.#idle[source]!.pop() ?? this.#sessions++);
      const size = bytes(number);
      const tag = this.#vacant.pop() ?? this.#flights.length;
      network.send(now, fromHost, toHost, session, size, 0, tag);
      this.#bytes += size;
      const ready = now + network.latencyNanos(session);
      this.#flights[tag] = { source, number, session, bytes: size, sent: now, ready };
      if (account.sent >= messagesMax) continue;
      account.due += interval(account.sent);
      this.#due.push(Math.round(account.due), source);
    }
  }

  /** A message has been delivered. */
  deliver(now: number, tag: number): void {
    const { source, number, session, bytes, sent, ready } = this.#take(tag);
    const { isFifo, warmup } = this.#sources[source]!;
    const before = isFifo ? (this.#through[session] ?? 0) : 0;
    this.#bytes -= bytes;
    this.#through[session] = now;
    if (!isFifo) this.#idle[source]!.push(session);
    if (number < warmup) return;
    const account = this.#accounts[source]!;
    account.delivered += 1;
    account.bytes += bytes;
    const wait = Math.max(0, before - ready);
    account.sojournNanos += now - sent;
    account.waitNanos += wait;
    account.sojourns.add(now - sent);
    account.waits.add(wait);
    account.sojournNanosMax = Math.max(account.sojournNanosMax, now - sent);
  }

  /** Messages sent and not delivered, and their bytes. */
  underWay(): { readonly messages: number; readonly bytes: number } {
    return { messages: this.#flights.length - this.#vacant.length, bytes: this.#bytes };
  }

  /** What has become of the messages of each source. */
  rows(): CrossTrafficRow[] {
    return this.#accounts.map((account, source) => {
      const { from, to } = this.#sources[source]!;
      const { sent, delivered, bytes, sojournNanos, waitNanos, sojournNanosMax } = account;
      const counted = {
        kind: 'cross-traffic' as const,
        source,
        from,
        to,
        sent,
        messages: delivered,
        bytes,
        batchMessages: account.sojourns.length,
        sojournNanosByBatch: account.sojourns.means(),
        waitNanosByBatch: account.waits.means()
      };
      if (delivered === 0) {
        return { ...counted, sojournNanosMean: null, sojournNanosMax: null, waitNanosMean: null };
      }
      const sojournNanosMean = sojournNanos / delivered;
      return {
        ...counted,
        sojournNanosMean,
        sojournNanosMax,
        waitNanosMean: waitNanos / delivered
      };
    });
  }

  #take(tag: number): Flight {
    const flight = this.#flights[tag];
    // Invariant: the network delivers what it was handed, once.
    if (flight === undefined) throw new Error(`cross traffic has no message ${tag} under way`);
    this.#flights[tag] = undefined;
    this.#vacant.push(tag);
    return flight;
  }
}

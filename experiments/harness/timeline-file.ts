/**
 * A run as a file of trace events, which Perfetto and Chrome show. Format: Google, "Trace Event
 * Format": complete events of nodes, asynchronous ones of messages (which overlap), counters of
 * links, instants of evaluations. Times are microseconds.
 */
import * as path from 'node:path';
import type { LinkRow, Row } from '../../core/record.ts';
import { activityLabels } from './plots/activity.ts';
import { type LaneKind, laneKind, type Span, spansOfRun } from './plots/spans.ts';
import { busyTrunks, trunksBetween, trunksMax } from './plots/trunks.ts';
import { checkFolder } from './read-file.ts';
import { readRun, replaceFile, runsIn } from './results.ts';
import type { RunResult } from './run-result.ts';
import { shown } from './shown-path.ts';
import { UsageError } from './usage-error.ts';

/** A trace event; the letters are the format's. */
export interface TraceEvent {
  readonly ph: 'M' | 'X' | 'b' | 'e' | 'C' | 'i';
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: string;
  readonly name: string;
  readonly cat?: string;
  readonly s?: 'g';
  readonly args?: Readonly<Record<string, string | number>>;
}

/** Groups of tracks, from the top. */
const groups: readonly { readonly kind: LaneKind; readonly name: string }[] = [
  { kind: 'worker', name: 'workers' },
  { kind: 'server', name: 'servers' },
  { kind: 'link', name: 'links' },
  { kind: 'trunk', name: 'links between switches, the busiest' }
];
const linkGroup = groups.findIndex(({ kind }) => kind === 'link') + 1;

/** Writes the timeline of a run's folder; returns the path as it is shown. Throws `UsageError`. */
export function writeTimeline(runFolder: string, out: string | null): string {
  const folder = path.resolve(runFolder);
  checkFolder(folder, "; a run's is runs/<name>/<id>");
  const [first] = runsIn(folder);
  if (first !== undefined) {
    const one = shown(path.join(folder, first));
    throw new UsageError(`${runFolder}: holds runs, and a timeline is of one: ${one}, say`);
  }
  const run = readRun(path.dirname(folder), path.basename(folder));
  if (run === null) throw new UsageError(`${runFolder}: holds no run`);
  const file = path.resolve(out ?? path.join(folder, 'timeline.json'));
  const otherData = { run: run.manifest.id, driver: run.manifest.driver };
  const document = { displayTimeUnit: 'ms', otherData, traceEvents: traceEvents(run) };
  replaceFile(file, JSON.stringify(document));
  return shown(file);
}

/** The events of a run. */
export function traceEvents({ config, rows }: Pick<RunResult, 'config' | 'rows'>): TraceEvent[] {
  const trunks = busyTrunks([{ config, rows }]).slice(0, trunksMax);
  const spans = spansOfRun(rows, trunksBetween(config, trunks));
  const trackOf = (lane: string): Track => trackAmong(trunks, lane);
  return [
    ...trackNames(spans, trackOf),
    ...spanEvents(spans, trackOf),
    ...counters(rows),
    ...evaluations(rows)
  ];
}

function trackNames(spans: readonly Span[], trackOf: (lane: string) => Track): TraceEvent[] {
  const lanes = [...new Set(spans.map(span => span.lane))];
  const used = new Set(lanes.map(laneKind));
  const events: TraceEvent[] = groups.flatMap(({ kind, name }, index): TraceEvent[] => {
    if (kind === 'trunk' && !used.has(kind)) return [];
    return [
      { ph: 'M', pid: index + 1, name: 'process_name', args: { name } },
      { ph: 'M', pid: index + 1, name: 'process_sort_index', args: { sort_index: index } }
    ];
  });
  for (const lane of lanes) {
    const { pid, tid } = trackOf(lane);
    events.push({ ph: 'M', pid, tid, name: 'thread_name', args: { name: lane } });
  }
  return events;
}

function spanEvents(spans: readonly Span[], trackOf: (lane: string) => Track): TraceEvent[] {
  return spans.flatMap(({ lane, activity, from, to, detail }, index): TraceEvent[] => {
    const { pid, tid } = trackOf(lane);
    const ts = from / 1e3;
    const kind = laneKind(lane);
    if (kind !== 'link' && kind !== 'trunk' && activity !== 'fault') {
      const dur = (to - from) / 1e3;
      const name = activityLabels[activity];
      return [{ ph: 'X', pid, tid, ts, dur, name, cat: activity, args: { detail } }];
    }
    const name = activity === 'fault' ? detail : lane;
    const event = { pid, tid, id: `${index}`, name, cat: name };
    return [
      { ...event, ph: 'b', ts, args: { detail } },
      { ...event, ph: 'e', ts: to / 1e3 }
    ];
  });
}

function counters(rows: readonly Row[]): TraceEvent[] {
  const links = rows.filter((row): row is LinkRow => row.kind === 'link');
  return links.flatMap(({ link, ends, bytes }) =>
    ends.flatMap((end, bucket): TraceEvent[] => {
      const begin = bucket === 0 ? 0 : ends[bucket - 1]!;
      if (end <= begin) return [];
      // Bytes in so many nanoseconds, as megabytes a second.
      const rate = ((bytes[bucket] ?? 0) / (end - begin)) * 1e3;
      return [{ ph: 'C', pid: linkGroup, ts: begin / 1e3, name: link, args: { 'MB/s': rate } }];
    })
  );
}

function evaluations(rows: readonly Row[]): TraceEvent[] {
  return rows.flatMap((row): TraceEvent[] => {
    if (row.kind !== 'evaluation') return [];
    const { at, loss, accuracy, gradients } = row;
    const args = { gradients, loss: String(loss), ...(accuracy === null ? {} : { accuracy }) };
    return [{ ph: 'i', pid: 1, ts: at / 1e3, s: 'g', name: 'evaluation', args }];
  });
}

interface Track {
  readonly pid: number;
  readonly tid: number;
}

function trackAmong(trunks: readonly string[], lane: string): Track {
  const kind = laneKind(lane);
  const pid = groups.findIndex(group => group.kind === kind) + 1;
  if (kind === 'trunk') return { pid, tid: trunks.indexOf(lane) + 1 };
  const rank = Number(/\d+/.exec(lane)?.[0] ?? 0);
  return { pid, tid: kind === 'link' ? 2 * rank + (lane.endsWith('out') ? 2 : 1) : rank + 1 };
}

/** A cluster as a table for a terminal, with units. */
import { quantile } from 'simple-statistics';
import type { Cluster } from '../../../core/environment/cluster.ts';
import { parseBandwidth, parseDuration, parseSize } from '../../../core/units.ts';

/** Lines `what  value unit`, under each other. */
export function clusterText(cluster: Cluster): string {
  const { machine, links, cpu, codecs, compute, held } = cluster;
  const { bandwidth, latency, burst } = links.all;
  const rows: [string, string][] = [
    ['machine', `${machine.processor}, ${machine.platform}`],
    ['cores', String(cluster.cores)],
    ['hosts', cluster.hosts],
    ['memory', `${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ...(bandwidth === undefined ? [] : [bandwidthRow(bandwidth)]),
    ['burst after a pause', `${figure(parseSize(burst) / 1000)} kB`],
    ...(latency === undefined ? [] : [latencyRow(latency)]),
    ['a message, at each end', `${figure(cpu.messageNanos / 1000)} us of CPU`],
    ['a megabyte, at each end', `${figure(cpu.byteNanos)} ms of CPU`],
    ['applying an update', `${figure(cluster.applyNanosPerElement)} ns an element`],
    ['timers are late by', `${figure(parseDuration(cluster.lateness) / 1000)} us`],
    ['a held gradient', `${figure(held.nanos / 1e6)} ms of CPU`],
    ['a param of it', `${figure(held.nanosPerElement)} ns of CPU`]
  ];
  for (const [name, { encode, decode }] of Object.entries(codecs)) {
    const text = `encode ${figure(encode)}, decode ${figure(decode)} ns an element`;
    rows.push([`compressor ${name}`, text]);
  }
  if (compute !== null) rows.push([`gradient of ${compute.problem}`, computeText(compute)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
}

function bandwidthRow(bandwidth: string): [string, string] {
  return ['bandwidth of payload', `${figure((parseBandwidth(bandwidth) * 8) / 1e6)} Mbit/s`];
}

function latencyRow(latency: string): [string, string] {
  return ['latency, one way', `${figure(parseDuration(latency) / 1000)} us`];
}

function computeText({ law, backend }: NonNullable<Cluster['compute']>): string {
  const device = backend === null ? '' : ` (${backend})`;
  if (law.kind !== 'measured') return `${law.kind}${device}`;
  const nanos = law.nanos.flat();
  const millis = (share: number): string => figure(quantile(nanos, share) / 1e6);
  const count = `${nanos.length} gradients`;
  return `median ${millis(0.5)} ms, 10 % to 90 % ${millis(0.1)} to ${millis(0.9)} ms, ${count}${device}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

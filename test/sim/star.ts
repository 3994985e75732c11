import type { Network } from '../../sim/network.ts';
import type { Port, StarShape } from '../../sim/topology.ts';

/** 10 Gb/s, 10 us each way: a message of 1250 bytes takes 1 us and arrives 20 us later. */
export const port: Port = { bytesPerSecond: 1.25e9, latencyNanos: 10_000 };

/** A star whose hosts all have the same port, or those given in place of it. */
export function star(hosts: number, ports: { readonly [host: number]: Port } = {}): StarShape {
  return {
    kind: 'star',
    hosts: Array.from({ length: hosts }, (_, host) => ({
      name: `h${host}`,
      uplink: ports[host] ?? port,
      downlink: ports[host] ?? port
    }))
  };
}

/** Runs a network until `until` or until nothing is left; returns [time, tag] of each delivery. */
export function deliveries(network: Network, until = Infinity): [number, number][] {
  const all: [number, number][] = [];
  for (let time = network.nextEvent(); time <= until && time < Infinity; ) {
    const delivered: number[] = [];
    network.advance(time, delivered);
    network.check();
    for (const tag of delivered) all.push([time, tag]);
    time = network.nextEvent();
  }
  return all;
}

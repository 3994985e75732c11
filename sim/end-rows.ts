/** What a simulation records at its end: traffic of the nodes, use of the links, cross traffic. */
import type { Row } from '../core/record.ts';
import type { CrossTraffic } from './cross-traffic.ts';
import type { Network } from './network.ts';
import type { Seat } from './seat.ts';

export function endRows(
  seats: readonly Seat[],
  network: Network,
  traffic: CrossTraffic | null
): Row[] {
  const rows: Row[] = seats.map(seat => seat.traffic);
  for (const { name, bytesPerSecond, bucketEnds, bytesByBucket, busyNanos } of network.links()) {
    rows.push({
      kind: 'link',
      link: name,
      bytesPerSecond,
      ends: bucketEnds,
      bytes: bytesByBucket,
      busyNanos
    });
  }
  if (traffic !== null) rows.push(...traffic.rows());
  return rows;
}

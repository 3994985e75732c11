/** Where a process listens: `10.0.0.2:4711`, `[::1]:4711`, or `unix:/run/slackline/s0.sock`. */
import { isIPv6 } from 'node:net';

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** Text that names no address: what is wrong with it, and what would be right. */
export class AddressError extends Error {}

/**
 * What the kernel takes for the path of a Unix socket, in bytes (sizeof sun_path, less its zero).
 */
const unixPathBytesMax = 103;

/** Reads an address. Port 0 asks for any free one. Throws `AddressError`. */
export function parseAddress(text: string): Address {
  if (text.startsWith('unix:')) return { kind: 'unix', path: checkedPath(text.slice(5)) };
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || (match?.[1] !== undefined && !isIPv6(host))) {
    throw new AddressError(`"${text}" is no address: HOST:PORT, [IPV6]:PORT or unix:PATH is right`);
  }
  if (port > 65_535) throw new AddressError(`"${text}": a port is at most 65535`);
  return { kind: 'tcp', host, port };
}

/** Writes an address so that `parseAddress` reads it. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return `${isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`;
}

/** Whether only processes of this host can reach it. */
export function isLoopback(address: Address): boolean {
  if (address.kind === 'unix') return true;
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(address.host);
}

/** Whether it means every interface: fine to listen on, nothing that another host could dial. */
export function isWildcard(address: Address): boolean {
  return address.kind === 'tcp' && /^(0\.0\.0\.0|::)$/.test(address.host);
}

function checkedPath(path: string): string {
  if (!path.startsWith('/')) throw new AddressError(`unix:${path}: an absolute path is right`);
  if (Buffer.byteLength(path) > unixPathBytesMax) {
    throw new AddressError(`unix:${path}: longer than the ${unixPathBytesMax} bytes that fit`);
  }
  return path;
}

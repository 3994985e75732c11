/** The connection between a node's process and the supervisor, once both have proved the token. */

import { FrameError } from '../../core/codec/frame.ts';
import { decodeTransport, encodeTransport } from '../../core/codec.ts';
import type { Model } from '../../core/setup.ts';
import type { Connection, ConnectionOwner } from '../transport/connection.ts';
import { packModel, unpackModel } from './model-frame.ts';

const messageKind = 220;
const modelKind = 221;

/** Longest frame on such a connection: a model, or rows. */
export const controlFrameBytesMax = 2 ** 31;

/** Who is told what comes. */
export interface ControlOwner<In> {
  message(message: In): void;
  model(model: Model): void;
  /** Over, with the reason where it is known. Called once. */
  closed(reason: string): void;
}

/** Sends `Out`, receives `In`, and models in either direction. */
export class ControlLink<
  In extends { readonly kind: string },
  Out extends { readonly kind: string }
> implements ConnectionOwner
{
  readonly #connection: Connection;
  readonly #owner: ControlOwner<In>;

  constructor(connection: Connection, owner: ControlOwner<In>) {
    this.#connection = connection;
    this.#owner = owner;
  }

  /** The connection below, for its addresses. */
  get connection(): Connection {
    return this.#connection;
  }

  send(message: Out): void {
    const text = new TextEncoder().encode(JSON.stringify(message));
    this.#connection.write([encodeTransport(messageKind, text)]);
  }

  sendModel(model: Model): void {
    this.#connection.write([encodeTransport(modelKind, packModel(model))]);
  }

  /** Closes when everything sent has left. */
  end(): void {
    this.#connection.end();
  }

  destroy(): void {
    this.#connection.destroy();
  }

  received(): void {}

  flushed(): void {}

  frame(frame: Uint8Array): void {
    const { kind, bytes } = decodeTransport(frame);
    if (kind === modelKind) this.#owner.model(unpackModel(bytes));
    else if (kind === messageKind) this.#owner.message(parsed<In>(bytes));
    else throw new FrameError(`kind ${kind} where the run is managed`, 3);
  }

  failed(error: FrameError): void {
    this.#connection.destroy(error);
  }

  closed(error: Error | null): void {
    this.#owner.closed(error?.message ?? 'the connection was closed');
  }
}

// The other end has proved the token and speaks the same protocol: its JSON is what its type says.
function parsed<In extends { readonly kind: string }>(bytes: Uint8Array): In {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new FrameError('no JSON where the run is managed', 24);
  }
  if (typeof value !== 'object' || value === null || !('kind' in value)) {
    throw new FrameError('JSON without a kind where the run is managed', 24);
  }
  return value as In;
}

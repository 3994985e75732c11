/**
 * Payloads of a timing-only run, which have a length and no content. On a real wire that length
 * takes bytes: zeros, which are put in before a message is sent and taken out when it has come.
 */
import type { Message } from '../core/message.ts';
import { mapPayloads } from '../core/message-payloads.ts';

/** Shared by all messages: nobody writes it, and it grows to the longest payload there was. */
let zeros = new Uint8Array(0);

/** The message with zeros where payloads have no bytes. */
export function withZeros(message: Message): Message {
  return mapPayloads(message, payload => {
    if (payload.bytes !== null) return payload;
    if (zeros.length < payload.byteLength) zeros = new Uint8Array(payload.byteLength);
    return { ...payload, bytes: zeros.subarray(0, payload.byteLength) };
  });
}

/** The message without the bytes of its payloads. */
export function withoutBytes(message: Message): Message {
  return mapPayloads(message, payload => ({ ...payload, bytes: null }));
}

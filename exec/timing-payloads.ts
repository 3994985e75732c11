/**
 * Payloads of a timing-only run, which have a length and no content. On a real wire that length
 * takes bytes: zeros, which are put in before a message is sent and taken out when it has come.
 */
import type { Message, Reply } from '../core/message.ts';
import type { Payload } from '../core/params.ts';

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

function mapPayloads(message: Message, map: (payload: Payload) => Payload): Message {
  const reply = (of: Reply): Reply => ({ ...of, payload: map(of.payload) });
  switch (message.kind) {
    case 'push': {
      const { contribution } = message;
      if (contribution.kind === 'empty') return message;
      return { ...message, contribution: { ...contribution, payload: map(contribution.payload) } };
    }
    case 'answer':
      return message.reply === null ? message : { ...message, reply: reply(message.reply) };
    case 'offer':
      return { ...message, reply: reply(message.reply) };
    case 'part':
    case 'segment':
      return { ...message, payload: map(message.payload) };
    default:
      return message;
  }
}

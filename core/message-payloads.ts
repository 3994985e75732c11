import type { Message, Reply } from './message.ts';
import type { Payload } from './params.ts';

/** The message with each of its payloads mapped. */
export function mapPayloads(message: Message, map: (payload: Payload) => Payload): Message {
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

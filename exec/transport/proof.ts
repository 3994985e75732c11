/** Proof of the run's token for one connection, without sending the token. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** The end that proves. Part of the proof, so that none can be sent back as its own answer. */
export type Side = 'dialing' | 'accepting';

/**
 * HMAC-SHA-256 (RFC 2104) under the token over the side and both ends' texts, each preceded by its
 * length so that no two pairs make the same bytes. In hex.
 */
export function prove(token: string, side: Side, hello: Uint8Array, challenge: Uint8Array): string {
  return createHmac('sha256', token)
    .update(`slackline ${side} ${hello.length} ${challenge.length}\n`)
    .update(hello)
    .update(challenge)
    .digest('hex');
}

/** Whether this is the proof, in a time that does not tell how much of it is right. */
export function isProof(
  proof: string,
  token: string,
  side: Side,
  hello: Uint8Array,
  challenge: Uint8Array
): boolean {
  const right = Buffer.from(prove(token, side, hello, challenge), 'hex');
  const given = Buffer.from(proof, 'hex');
  return given.length === right.length && timingSafeEqual(given, right);
}

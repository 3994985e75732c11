/**
 * The frames of a handshake: JSON in frames of the transport, checked before anything is believed.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { FrameError } from '../../core/codec/frame.ts';
import { decodeTransport, encodeTransport } from '../../core/codec.ts';
import type { NodeId } from '../../core/node.ts';
import { parseNodeId } from '../../core/node-id.ts';
import { HandshakeError, handshakeFaults } from './handshake-error.ts';

/** Version of the handshake and of what follows it: any change is a new one. */
export const protocolVersion = 1;
/** Longest body of a frame before both ends have proved the token, in bytes. */
export const unprovedBytesMax = 4096;

/** An end of a connection: a node, or the supervisor that nodes join. */
export type PeerName = NodeId | 'supervisor';

/** What one end claims to be. */
export interface Introduction {
  readonly name: PeerName;
  readonly incarnation: number;
  /** Names the process, at random: tells a node that comes back from another one of its name. */
  readonly life: string;
  /** Hash of the configuration, in hex; null for a node that is yet to be told it. */
  readonly configuration: string | null;
  /** The least number that the session may have at this end. */
  readonly session: number;
}

const kinds = {
  hello: 200,
  challenge: 201,
  proof: 202,
  welcome: 203,
  ready: 204,
  refused: 205
} as const;
export type HandshakeKind = keyof typeof kinds;

const nonceBytes = 32;
const reasonCharactersMax = 1024;
const HexSchema = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits are right');
const IntroductionSchema = z.strictObject({
  name: z.string().transform((name, context): PeerName => {
    const known = name === 'supervisor' ? name : parseNodeId(name);
    if (known !== null) return known;
    context.addIssue({ code: 'custom', message: 'no name of a node' });
    return z.NEVER;
  }),
  incarnation: z.int().min(0),
  life: z.string().regex(/^[0-9a-f]{16}$/, '16 hexadecimal digits are right'),
  configuration: HexSchema.nullable(),
  session: z.int().min(0)
});
export const HelloSchema = z.strictObject({
  protocol: z.literal(protocolVersion),
  self: IntroductionSchema,
  nonce: HexSchema
});
export const ChallengeSchema = z.strictObject({
  ...HelloSchema.shape,
  receivedAt: z.string().regex(/^\d{1,20}$/, 'up to 20 digits are right')
});
export const ProofSchema = z.strictObject({ proof: HexSchema });
export const WelcomeSchema = z.strictObject({ ...ProofSchema.shape, session: z.int().min(0) });
export const ReadySchema = z.strictObject({});
const RefusedSchema = z.strictObject({ fault: z.enum(handshakeFaults), reason: z.string() });

/** What an end says first; the nonce is new each time. */
export function helloText(self: Introduction) {
  return { protocol: protocolVersion, self, nonce: randomBytes(nonceBytes).toString('hex') };
}

/** A text as the bytes that are sent and proved. */
export function textBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** The frame of a text. */
export function handshakeFrame(kind: HandshakeKind, text: Uint8Array): Uint8Array {
  return encodeTransport(kinds[kind], text);
}

/** The frame that tells the other end what is wrong. */
export function refusal(error: HandshakeError): Uint8Array {
  const text = { fault: error.fault, reason: error.message.slice(0, reasonCharactersMax) };
  return handshakeFrame('refused', textBytes(text));
}

/**
 * The text of a frame of this kind, and its very bytes. Throws `HandshakeError`: what the other end
 * objects to as its own.
 */
export function openHandshake<T>(
  frame: Uint8Array,
  kind: HandshakeKind,
  schema: z.ZodType<T>
): { readonly bytes: Uint8Array; readonly value: T } {
  const { kind: found, bytes } = decoded(frame);
  const body = parsed(bytes);
  if (found === kinds.refused) {
    const { fault, reason } = checked(RefusedSchema, body, 'refused');
    throw new HandshakeError(fault, printable(reason), true);
  }
  if (found !== kinds[kind]) {
    throw new HandshakeError('malformed', `a frame of kind ${found} where a ${kind} is right`);
  }
  checkProtocol(body);
  // The frame's memory may be used again; the proof needs these bytes later.
  return { bytes: bytes.slice(), value: checked(schema, body, kind) };
}

function decoded(frame: Uint8Array): { readonly kind: number; readonly bytes: Uint8Array } {
  try {
    return decodeTransport(frame);
  } catch (error) {
    if (error instanceof FrameError) throw new HandshakeError('malformed', error.message);
    throw error;
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new HandshakeError('malformed', 'a handshake that is not JSON');
  }
}

function checked<T>(schema: z.ZodType<T>, body: unknown, kind: HandshakeKind): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined ? '' : ` at "${issue.path.join('.')}": ${issue.message}`;
  throw new HandshakeError('malformed', printable(`not a ${kind}${where}`));
}

// Before the rest: other versions may have other fields.
function checkProtocol(body: unknown): void {
  if (typeof body !== 'object' || body === null || !('protocol' in body)) return;
  if (body.protocol === protocolVersion) return;
  const version = JSON.stringify(body.protocol)?.slice(0, 20);
  throw new HandshakeError(
    'protocol',
    `the other end speaks protocol ${version}, this one ${protocolVersion}: ` +
      'the same version of slackline is needed everywhere'
  );
}

// What a stranger wrote is shown, but cannot move a cursor or forge a line.
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, reasonCharactersMax);
}

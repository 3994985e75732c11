/**
 * How two processes find out that they belong together, before anything else is read:
 *
 *   dialing end                                    accepting end
 *   hello      protocol, who I am, nonce      ->
 *                                             <-   challenge  protocol, who I am, nonce
 *   proof      HMAC(token, 'dialing', both)   ->
 *                                             <-   welcome    HMAC(token, 'accepting', both), session
 *   ready                                     ->
 *
 * HMAC-SHA-256 over both the texts before: a proof fits one connection, one direction, and all that
 * was claimed in it. An end takes large frames only when the other has proved itself: the dialing
 * one after `welcome`, so the accepting one sends nothing more until `ready`. Either end says what
 * it objects to (`refused`) and closes. This file has the state machines of both ends, one frame in
 * and one frame out; sockets are elsewhere.
 */

import { HandshakeError } from './handshake-error.ts';
import {
  ChallengeSchema,
  HelloSchema,
  handshakeFrame,
  helloText,
  type Introduction,
  openHandshake,
  type PeerName,
  ProofSchema,
  ReadySchema,
  textBytes,
  WelcomeSchema
} from './handshake-frame.ts';
import { isProof, prove } from './proof.ts';

/** The other end, when it has proved the token. */
export interface Peer {
  readonly name: PeerName;
  readonly incarnation: number;
  readonly life: string;
  /** The number of the session, the same at both ends. */
  readonly session: number;
  /**
   * What to add to this end's clock to get the other's, in nanoseconds, as the dialing end
   * estimates it (Cristian 1989: right within half of the round trip). 0 at the accepting end.
   */
  readonly clockOffsetNanos: number;
  readonly roundTripNanos: number;
}

/** What comes of one frame. */
export interface HandshakeStep {
  /** A frame to send, before anything else is. */
  readonly reply: Uint8Array | null;
  /** The other end, as soon as it has proved the token: larger frames may be read from now on. */
  readonly proved: Peer | null;
  /** Whether the handshake is over, and messages may be sent behind the reply. */
  readonly done: boolean;
}

/** What both ends need. `now` is a monotone clock in nanoseconds. */
export interface HandshakeOptions {
  readonly self: Introduction;
  readonly token: string;
  readonly now: () => bigint;
}

/** An objection of the accepting end to a node that has proved the token; null for none. */
export type Admit = (claimed: Introduction) => HandshakeError | null;

/** What the other end said first, and its very bytes. */
interface Hello {
  readonly introduction: Introduction;
  readonly bytes: Uint8Array;
}
interface Challenge extends Hello {
  /** When the hello came in, on the accepting end's clock. */
  readonly receivedAt: bigint;
}

/** The end that dials. `expected` is the end that it wants to speak to. */
export class DialingHandshake {
  readonly #options: HandshakeOptions;
  readonly #expected: PeerName;
  #hello = new Uint8Array();
  #sentAt = 0n;
  #challenge: Challenge | null = null;
  #roundTrip = 0n;

  constructor(options: HandshakeOptions, expected: PeerName) {
    this.#options = options;
    this.#expected = expected;
  }

  /** The first frame to send. */
  begin(): Uint8Array {
    this.#hello = textBytes(helloText(this.#options.self));
    this.#sentAt = this.#options.now();
    return handshakeFrame('hello', this.#hello);
  }

  /** Takes a whole frame. Throws `HandshakeError`: send `refusal` of it (unless told) and close. */
  receive(frame: Uint8Array): HandshakeStep {
    return this.#challenge === null ? this.#prove(frame) : this.#finish(frame, this.#challenge);
  }

  #prove(frame: Uint8Array): HandshakeStep {
    this.#roundTrip = this.#options.now() - this.#sentAt;
    const { bytes, value } = openHandshake(frame, 'challenge', ChallengeSchema);
    const introduction = value.self;
    if (introduction.name !== this.#expected) {
      const what = `dialed ${this.#expected}, and ${introduction.name} answered`;
      throw new HandshakeError('wrong-node', what);
    }
    this.#challenge = { introduction, receivedAt: BigInt(value.receivedAt), bytes };
    const proof = prove(this.#options.token, 'dialing', this.#hello, bytes);
    return { reply: handshakeFrame('proof', textBytes({ proof })), proved: null, done: false };
  }

  #finish(frame: Uint8Array, { introduction, receivedAt, bytes }: Challenge): HandshakeStep {
    const { value } = openHandshake(frame, 'welcome', WelcomeSchema);
    const { self, token } = this.#options;
    if (!isProof(value.proof, token, 'accepting', this.#hello, bytes)) {
      throw wrongToken(self.name, introduction.name);
    }
    checkConfiguration(self, introduction);
    const { name, incarnation, life } = introduction;
    const clockOffsetNanos = Number(receivedAt - this.#sentAt - this.#roundTrip / 2n);
    const roundTripNanos = Number(this.#roundTrip);
    const { session } = value;
    const proved = { name, incarnation, life, session, clockOffsetNanos, roundTripNanos };
    return { reply: handshakeFrame('ready', textBytes({})), proved, done: true };
  }
}

/** The end that accepts. */
export class AcceptingHandshake {
  readonly #options: HandshakeOptions;
  readonly #admit: Admit;
  readonly #sessionFor: (name: PeerName) => number;
  #hello: Hello | null = null;
  #challenge = new Uint8Array();
  #proved = false;

  /** `sessionFor` gives the least number that a session with this peer may have. */
  constructor(
    options: HandshakeOptions,
    admit: Admit,
    sessionFor: (name: PeerName) => number = () => 0
  ) {
    this.#options = options;
    this.#admit = admit;
    this.#sessionFor = sessionFor;
  }

  /** Takes a whole frame. Throws `HandshakeError`: send `refusal` of it (unless told) and close. */
  receive(frame: Uint8Array): HandshakeStep {
    if (this.#hello === null) return this.#answer(frame);
    if (!this.#proved) return this.#welcome(frame, this.#hello);
    openHandshake(frame, 'ready', ReadySchema);
    return { reply: null, proved: null, done: true };
  }

  #answer(frame: Uint8Array): HandshakeStep {
    const receivedAt = String(this.#options.now());
    const { bytes, value } = openHandshake(frame, 'hello', HelloSchema);
    this.#hello = { introduction: value.self, bytes };
    this.#challenge = textBytes({ ...helloText(this.#options.self), receivedAt });
    const reply = handshakeFrame('challenge', this.#challenge);
    return { reply, proved: null, done: false };
  }

  #welcome(frame: Uint8Array, { introduction, bytes }: Hello): HandshakeStep {
    const { value } = openHandshake(frame, 'proof', ProofSchema);
    const { self, token } = this.#options;
    if (!isProof(value.proof, token, 'dialing', bytes, this.#challenge)) {
      throw wrongToken(self.name, introduction.name);
    }
    checkConfiguration(self, introduction);
    const objection = this.#admit(introduction);
    if (objection !== null) throw objection;
    this.#proved = true;
    const { name, incarnation, life } = introduction;
    const session = Math.max(introduction.session, this.#sessionFor(name));
    const proof = prove(token, 'accepting', bytes, this.#challenge);
    return {
      reply: handshakeFrame('welcome', textBytes({ proof, session })),
      proved: { name, incarnation, life, session, clockOffsetNanos: 0, roundTripNanos: 0 },
      done: false
    };
  }
}

function checkConfiguration(self: Introduction, other: Introduction): void {
  const [own, others] = [self.configuration, other.configuration];
  if (own === null || others === null || own === others) return;
  throw new HandshakeError(
    'configuration',
    `${other.name} runs configuration ${others.slice(0, 12)}, ` +
      `${self.name} runs ${own.slice(0, 12)}: they belong to different runs`
  );
}

function wrongToken(self: PeerName, other: PeerName): HandshakeError {
  return new HandshakeError(
    'token',
    `${other} does not have the token of ${self}: SLACKLINE_TOKEN must be the same for both`
  );
}

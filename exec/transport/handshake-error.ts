/** Why two processes did not come together. */

/** One for each thing that can be wrong, so that a program can tell them apart. */
export const handshakeFaults = [
  /** Not the bytes of a handshake. */
  'malformed',
  /** The other end speaks another version of this protocol. */
  'protocol',
  /** The other end does not know the run's token. */
  'token',
  /** The other end runs another configuration. */
  'configuration',
  /** The run has no such node. */
  'unknown-node',
  /** A node of this name is there already. */
  'taken-node',
  /** Another node answered than the one that was dialed. */
  'wrong-node',
  /** Too slow. */
  'deadline',
  /** Too many unproved connections at once; may be tried again. */
  'busy',
  /** The connection ended in the middle. */
  'closed'
] as const;
export type HandshakeFault = (typeof handshakeFaults)[number];

/** A handshake that failed: at this end, or as the other end told. */
export class HandshakeError extends Error {
  readonly fault: HandshakeFault;
  /** Whether the other end found the fault and said so. */
  readonly told: boolean;

  constructor(fault: HandshakeFault, message: string, told = false) {
    super(message);
    this.name = 'HandshakeError';
    this.fault = fault;
    this.told = told;
  }
}

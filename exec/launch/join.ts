/** Dials the supervisor of a run, again and again until it is there. */
import { randomBytes } from 'node:crypto';
import type { NodeId } from '../../core/node.ts';
import { hostNanos } from '../clock.ts';
import { type Address, formatAddress } from '../transport/address.ts';
import { dial } from '../transport/dial.ts';
import type { Peer } from '../transport/handshake.ts';
import { ControlLink, type ControlOwner, controlFrameBytesMax } from './control-link.ts';
import type { FromNode, ToNode } from './control-message.ts';

/** The node's end of its connection to the supervisor. */
export type NodeLink = ControlLink<ToNode, FromNode>;

export interface JoinOptions {
  readonly id: NodeId;
  readonly address: Address;
  readonly token: string;
  /** Random, 16 hexadecimal digits: names this process. */
  readonly life: string;
  /** How long a run that is not there yet is waited for. */
  readonly joinMillisMax: number;
  /** Nobody answers yet: why. Called once. */
  readonly waiting: (reason: string) => void;
}

/** A run that this node cannot take part in. */
export class JoinError extends Error {
  /** Whether another time it might: nobody answered, or the run was not ready to. */
  readonly passing: boolean;

  constructor(message: string, passing: boolean) {
    super(message);
    this.passing = passing;
  }
}

const retryMillis = 250;

/** Names a process. */
export function newLife(): string {
  return randomBytes(8).toString('hex');
}

/** Joins. `owner` is told what comes from then on. Rejects with a `JoinError`. */
export function join(
  options: JoinOptions,
  owner: ControlOwner<ToNode>
): Promise<{ readonly link: NodeLink; readonly peer: Peer }> {
  const { id, address, token, life, joinMillisMax } = options;
  const until = hostNanos() + BigInt(joinMillisMax) * 1_000_000n;
  let told = false;
  return new Promise((resolve, reject) => {
    const attempt = (): void => {
      dial(address, {
        self: { name: id, incarnation: 0, life, configuration: null, session: 0 },
        token,
        now: hostNanos,
        expected: 'supervisor',
        maxFrameBytes: controlFrameBytesMax,
        opened: (connection, peer) => {
          const link: NodeLink = new ControlLink(connection, owner);
          resolve({ link, peer });
          return link;
        },
        refused: error => {
          const passing = ['closed', 'busy', 'deadline'].includes(error.fault);
          if (!passing || hostNanos() > until) {
            const where = formatAddress(address);
            reject(new JoinError(`cannot join ${where}: ${error.message}`, passing));
            return;
          }
          if (!told) options.waiting(error.message);
          told = true;
          setTimeout(attempt, retryMillis);
        }
      });
    };
    attempt();
  });
}

/**
 * Which node a process is to be, and where it finds its run: from the command line, or from the
 * environment that a scheduler sets.
 */
import type { NodeId } from '../../core/node.ts';
import { type Address, AddressError, isLoopback, parseAddress } from '../transport/address.ts';
import { readToken, TokenError, tokenFileVariable, tokenVariable } from '../transport/token.ts';

/** What the command line says, unread; what is absent is looked for in the environment. */
export interface MembershipFlags {
  readonly role?: string | undefined;
  readonly rank?: string | undefined;
  /** `HOST:PORT` of the run that waits for nodes. */
  readonly join?: string | undefined;
  /** Where others find this node: `HOST` or `HOST:PORT`. */
  readonly advertise?: string | undefined;
  /** Where it listens: `HOST:PORT`. */
  readonly listen?: string | undefined;
}

/** A node that joins a run. */
export interface Membership {
  readonly id: NodeId;
  readonly join: Address;
  readonly token: string;
  /** Null: the address by which the run is reached, and any free port. */
  readonly listen: Address | null;
  /** Null: where it listens. Without a port: the one it listens on. */
  readonly advertise: { readonly host: string; readonly port: number | null } | null;
}

/** Something that is missing or wrong, and what would be right. */
export class MembershipError extends Error {}

/**
 * Variables that tell a process its rank: our own, Slurm's, Kubernetes' indexed jobs', Open MPI's.
 */
const rankVariables = [
  'SLACKLINE_RANK',
  'SLURM_PROCID',
  'JOB_COMPLETION_INDEX',
  'OMPI_COMM_WORLD_RANK'
];
const letters = { worker: 'w', server: 's' } as const;

/** Reads who this process is. Throws `MembershipError`. */
export function readMembership(
  flags: MembershipFlags,
  environment: Readonly<Record<string, string | undefined>>
): Membership {
  const variable = (name: string): string | undefined => environment[name] || undefined;
  try {
    const join = flags.join ?? variable('SLACKLINE_JOIN');
    if (join === undefined) {
      throw new MembershipError('which run? --join HOST:PORT or SLACKLINE_JOIN says it');
    }
    const listen = flags.listen ?? variable('SLACKLINE_LISTEN');
    const advertise = flags.advertise ?? variable('SLACKLINE_ADVERTISE');
    const address = parseAddress(join);
    return {
      id: readId(flags, variable),
      join: address,
      token: tokenTo(address, environment),
      listen: listen === undefined ? null : parseAddress(listen),
      advertise: advertise === undefined ? null : readAdvertised(advertise)
    };
  } catch (error) {
    if (!(error instanceof AddressError || error instanceof TokenError)) throw error;
    throw new MembershipError(error.message);
  }
}

function readId(flags: MembershipFlags, variable: (name: string) => string | undefined): NodeId {
  const role = flags.role ?? variable('SLACKLINE_ROLE');
  if (role === 'coordinator') return 'c';
  if (role !== 'worker' && role !== 'server') {
    const given = role === undefined ? 'which role?' : `unknown role "${role}":`;
    throw new MembershipError(`${given} --role worker, server or coordinator is right`);
  }
  const source = rankVariables.find(name => variable(name) !== undefined);
  const rank = flags.rank ?? (source === undefined ? undefined : variable(source));
  if (rank === undefined) {
    throw new MembershipError(`which ${role}? --rank says it, or ${rankVariables.join(', ')}`);
  }
  if (!/^(0|[1-9]\d{0,6})$/.test(rank)) {
    const from = flags.rank === undefined ? `${source}=` : '--rank ';
    throw new MembershipError(`${from}${rank}: a rank is a whole number from 0 up`);
  }
  return `${letters[role]}${Number(rank)}`;
}

function tokenTo(
  address: Address,
  environment: Readonly<Record<string, string | undefined>>
): string {
  const token = readToken(environment);
  if (token !== null) return token;
  const where = isLoopback(address) ? ' (the run prints the path of a file that holds it)' : '';
  throw new MembershipError(
    `the run's token is needed in ${tokenVariable} or a file named by ${tokenFileVariable}${where}`
  );
}

function readAdvertised(text: string): { host: string; port: number | null } {
  const whole = /:\d+$/.test(text) ? parseAddress(text) : parseAddress(`${text}:0`);
  if (whole.kind === 'unix') {
    throw new MembershipError(`--advertise ${text}: HOST or HOST:PORT is right`);
  }
  return { host: whole.host, port: whole.port === 0 ? null : whole.port };
}

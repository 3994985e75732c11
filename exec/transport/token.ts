/**
 * The secret of a run. It is never sent and never in argv (anyone may read that): it comes by an
 * environment variable or by a file that only its owner can read.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';

/** Environment variable with the token itself. */
export const tokenVariable = 'SLACKLINE_TOKEN';
/** Environment variable with the path of a file that holds it. */
export const tokenFileVariable = 'SLACKLINE_TOKEN_FILE';

/** Shorter ones can be found by trying. */
const tokenCharactersMin = 8;

/** A token that cannot be used: why, and what would be right. Never contains the token. */
export class TokenError extends Error {}

/** A fresh token of 256 bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The token that the environment gives, or null where it gives none. Throws `TokenError`. */
export function readToken(
  environment: Readonly<Record<string, string | undefined>>
): string | null {
  const token = environment[tokenVariable];
  if (token !== undefined && token !== '') return checked(token, tokenVariable);
  const file = environment[tokenFileVariable];
  return file === undefined || file === '' ? null : readTokenFile(file);
}

/** Reads a token file of mode 600 (or 400). Throws `TokenError`. */
export function readTokenFile(file: string): string {
  let text: string;
  try {
    if ((statSync(file).mode & 0o077) !== 0) {
      throw new TokenError(`${file}: others can read it; chmod 600 ${file}`);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof TokenError) throw error;
    throw new TokenError(`token file: ${error instanceof Error ? error.message : String(error)}`);
  }
  return checked(text.trim(), file);
}

/** Writes a token to a new file of mode 600. Throws when there is a file of that name. */
export function writeTokenFile(file: string, token: string): void {
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
}

function checked(token: string, source: string): string {
  if (token.length >= tokenCharactersMin) return token;
  throw new TokenError(`${source}: a token has ${tokenCharactersMin} characters at least`);
}

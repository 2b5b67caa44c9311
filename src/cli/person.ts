import { userInfo } from 'node:os';
import { EXIT, ExitError } from './exit-error.ts';

/** The maximum number of characters of a reason. */
const LONGEST_REASON = 1_000;

/**
 * The reason that a person gave, on one line, for tables and logs.
 *
 * @param hint what a reason is good for
 * @throws an ExitError if it is empty
 */
export function cleanReason(text: string, hint: string): string {
  const reason = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  if (reason !== '') return reason.slice(0, LONGEST_REASON);
  throw new ExitError(EXIT.usage, '--reason is empty', hint);
}

/** Who runs this command: a name and a user ID. */
export function userName(): string {
  const { SUDO_USER: name = ownName(), SUDO_UID: uid = process.getuid?.() ?? -1 } = process.env;
  return name === undefined ? `uid ${uid}` : `${name} (${uid})`;
}

/** The name of this user; undefined if it has no entry in passwd. */
function ownName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

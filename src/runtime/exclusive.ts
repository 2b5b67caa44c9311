import { randomBytes } from 'node:crypto';
import { readlinkSync, unlinkSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { UnavailableError } from './errors.ts';
import { parseJson } from './parse-json.ts';
import { identifySelf, livenessOf, type ProcessIdentity } from './process-identity.ts';
import { errorCode } from './system-error.ts';

/** How long another command may take, in milliseconds. */
const WAIT_MS = 3_000;

/** The hidden names beside a file or a directory that commands use to change it. */
export function hiddenFor(path: string): { readonly lock: string; readonly temporary: string } {
  const hidden = join(dirname(path), `.${basename(path)}`);
  return { lock: `${hidden}.lock`, temporary: `${hidden}.new` };
}

/** Changes a file or a directory by way of a temporary one beside it, while no other command changes it. See `exclusively`. */
export async function changeAlone<T>(
  path: string,
  change: (temporary: string, isHeld: () => boolean) => Promise<T>,
): Promise<T> {
  const { lock, temporary } = hiddenFor(path);
  const remove = () => rm(temporary, { recursive: true, force: true });
  return exclusively({ lock, what: path }, async (isHeld) => {
    try {
      await remove(); // a killed command left it
      return await change(temporary, isHeld);
    } finally {
      await remove();
    }
  });
}

/**
 * Runs a change while no other process runs one with the same lock: a symbolic link whose text says which process has it. A lock
 * that a killed process left is taken over. If two processes take it over at the same time, the second one gets it, so ask `isHeld`
 * just before the step that makes the change visible. (The lock of a state is never held by two, but leaves a file behind.)
 *
 * @param what is changed, for the message
 * @throws an UnavailableError if another process has the lock for too long, or the error of the file system
 */
export async function exclusively<T>(
  { lock, what }: { readonly lock: string; readonly what: string },
  change: (isHeld: () => boolean) => Promise<T>,
): Promise<T> {
  const text = JSON.stringify({ ...identifySelf(), nonce: randomBytes(8).toString('hex') });
  for (let waited = 0; !(await isMade(lock, text)); waited += 100) {
    if (removeDead(lock)) continue;
    if (waited >= WAIT_MS)
      throw new UnavailableError(
        'busy',
        `another command is changing ${what}`,
        `if none is running, remove ${lock}, then run the command again`,
      );
    await wait(100);
  }
  const isHeld = () => textOf(lock) === text;
  try {
    return await change(isHeld);
  } finally {
    if (isHeld()) unlinkSync(lock);
  }
}

async function isMade(lock: string, text: string): Promise<boolean> {
  try {
    await symlink(text, lock);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    const { message } = error as Error; // which has the text of the lock, too
    throw Object.assign(error as Error, { message: message.replace(`'${text}' -> `, '') });
  }
}

/** Removes the lock of a process that has ended; returns whether there is no lock now. */
function removeDead(lock: string): boolean {
  const text = textOf(lock);
  if (text === undefined) return true;
  const holder = parseJson(text) as Partial<ProcessIdentity> | null | undefined;
  if (typeof holder?.pid !== 'number' || livenessOf(holder as ProcessIdentity) !== 'dead')
    return false;
  if (textOf(lock) === text) unlinkSync(lock);
  return true;
}

/** The text of a lock; undefined if there is none, and empty if it is no link. */
function textOf(lock: string): string | undefined {
  try {
    return readlinkSync(lock);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (errorCode(error) === 'EINVAL') return '';
    throw error;
  }
}

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CLAIMED } from '../files/operations.ts';
import { DIRECT_FILES, type OwnFiles } from '../files/own-files.ts';
import { identifySelf, livenessOf, type ProcessIdentity } from '../runtime/process-identity.ts';

/** The error if another process holds the lock. */
export class LockedError extends Error {
  readonly pid: number;

  constructor(pid: number, what: string) {
    super(`${what} is locked by process ${pid}`);
    this.name = 'LockedError';
    this.pid = pid;
  }
}

export interface Lock {
  release(): Promise<void>;
}

interface Holder extends ProcessIdentity {
  readonly nonce: string;
  /** for processes to which the process ID means nothing */
  readonly socket?: string;
}

/** The location of the locks of one directory, and the access to it. */
interface Place {
  readonly directory: string;
  readonly base: string;
  readonly files: OwnFiles;
}

/** Error codes of things that are not a lock file in place of one. */
const NO_LOCK_FILE = new Set(['ENOTREG', 'EFBIG', 'ELOOP', 'ENOTDIR']);
/** More than the size of any holder that we write. */
const MOST_BYTES = 64 * 1024;
/** The locks that this process holds or tries to get. Any other with its process ID was given up while the file system hung. */
const ownLocks = new Set<string>();

/**
 * A lock file that survives `kill -9` without ever being held by two: `<base>.lock.<generation>`. A process that finds that nobody
 * holds the highest generation makes the next one, which exactly one can: with link(2), or where there are no hard links, with a
 * directory. The highest is never removed, not even when it is released, so after making one it is enough to check whether a higher
 * one exists. Rejects with a LockedError that names the holder.
 */
export async function acquireLock(
  directory: string,
  base: string,
  files: OwnFiles = DIRECT_FILES,
): Promise<Lock> {
  const place = { directory, base, files };
  const nonce = randomBytes(8).toString('hex');
  ownLocks.add(nonce);
  const socket = await openLockSocket(directory, files);
  try {
    const holder: Holder = { ...identifySelf(), nonce, ...(socket && { socket: socket.name }) };
    const held = await take(place, holder);
    return {
      release: async () => {
        ownLocks.delete(nonce);
        await release(place, held);
        await socket?.close();
      },
    };
  } catch (error) {
    ownLocks.delete(nonce);
    await socket?.close().catch(() => undefined);
    throw error;
  }
}

/** The file of the generation that is ours now. */
async function take(place: Place, holder: Holder): Promise<string> {
  const { directory, base, files } = place;
  const temporary = join(directory, `.${base}.lock.${holder.nonce}`);
  await files.call('write', { path: temporary, content: JSON.stringify(holder) });
  try {
    for (;;) {
      const held = await tryOnce(place, temporary);
      if (held !== undefined) return held;
    }
  } finally {
    await files.call('remove', { path: temporary }).catch(() => undefined);
  }
}

/** The process that holds the lock; undefined if it is free. */
export async function lockHolder(directory: string, base: string): Promise<number | undefined> {
  const place = { directory, base, files: DIRECT_FILES };
  const highest = Math.max(...(await generations(place)));
  const holder = await readHolder(place, highest);
  return holder !== undefined && (await isHolding(place, holder)) ? holder.pid : undefined;
}

/** Another PID namespace, such as of another container with the same state directory, cannot be inspected. */
async function isHolding({ directory, files }: Place, holder: Holder): Promise<boolean> {
  const liveness = livenessOf(holder);
  if (liveness === 'alive') return holder.pid !== process.pid || ownLocks.has(holder.nonce);
  if (liveness === 'dead') return false;
  return holder.socket !== undefined && (await isListenedOn(directory, holder.socket, files));
}

/** The file of the acquired generation, or undefined if another process was faster. */
async function tryOnce(place: Place, temporary: string): Promise<string | undefined> {
  const { directory, base, files } = place;
  const before = await generations(place);
  const highest = Math.max(...before);
  const holder = await readHolder(place, highest);
  if (holder !== undefined && (await isHolding(place, holder))) {
    throw new LockedError(holder.pid, base);
  }
  const mine = highest + 1;
  const claimed = await files.call('claim', { from: temporary, to: lockFile(place, mine) });
  if (claimed === undefined) return undefined;
  const remove = (generation: number) =>
    files.call('remove', { path: lockFile(place, generation) });
  const after = await generations(place);
  if (Math.max(...after) > mine) {
    await remove(mine);
    return undefined;
  }
  const old = before.filter((generation) => generation > 0 && generation < mine);
  await Promise.allSettled(old.map(remove)); // a leftover that cannot be removed does no harm
  if (holder?.socket !== undefined) await removeLockSocket(directory, holder.socket, files);
  return claimed;
}

/** The file stays, so that generations only grow; it no longer names a holder. */
async function release(place: Place, file: string): Promise<void> {
  const temporary = `${file}.released`;
  await place.files.call('write', { path: temporary, content: '{}' });
  await place.files.call('rename', { from: temporary, to: file });
}

function lockFile({ directory, base }: Place, generation: number): string {
  return join(directory, `${base}.lock.${generation}`);
}

/** The existing generations; 0, which is never a file, means none. */
async function generations({ directory, base, files }: Place): Promise<number[]> {
  const prefix = `${base}.lock.`;
  const names = await files.call('names', { path: directory }).catch(noneIfMissing);
  const numbers = names
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)));
  return [0, ...numbers.filter((number) => Number.isSafeInteger(number) && number > 0)];
}

async function readHolder(place: Place, generation: number): Promise<Holder | undefined> {
  try {
    const path = lockFile(place, generation);
    const text = await readLock(place, path);
    const holder = JSON.parse(Buffer.from(text ?? []).toString()) as Partial<Holder>;
    return typeof holder.pid === 'number' ? (holder as Holder) : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && !NO_LOCK_FILE.has(code)) throw error; // a process may hold it
    return undefined; // missing, truncated by a power cut, or not a lock file: not held
  }
}

/** Reads a lock; on a file system without hard links, it is a directory. */
async function readLock({ files }: Place, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.call('read', { path, maxBytes: MOST_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTREG') throw error;
    return files.call('read', { path: join(path, CLAIMED), maxBytes: MOST_BYTES });
  }
}

function noneIfMissing(error: unknown): string[] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw error;
}

/**
 * Shows that the holder of a lock is alive in another PID namespace, where its process ID means nothing: it listens on a socket
 * next to its lock file. The kernel accepts connections for it, even if it is busy or stopped, and refuses them as soon as it has
 * ended in any way. This works across namespaces, and no data is exchanged.
 */
interface LockSocket {
  readonly name: string;
  close(): Promise<void>;
}

const NAME = /^\.lock-[0-9a-f]{16}$/;

/**
 * Opens the socket of a lock; undefined if sockets cannot be created, as on some network file systems. Other containers are then
 * not detected.
 */
async function openLockSocket(directory: string, files: OwnFiles): Promise<LockSocket | undefined> {
  const name = `.lock-${randomBytes(8).toString('hex')}`;
  const path = join(directory, name);
  try {
    await files.call('hold', { directory, name });
  } catch {
    await files.call('remove', { path }).catch(() => undefined);
    return undefined;
  }
  return { name, close: () => files.call('closeSocket', { path }) };
}

/** Anything but a clear no counts as yes: two holders are worse than none. */
async function isListenedOn(directory: string, name: string, files: OwnFiles): Promise<boolean> {
  return NAME.test(name) && files.call('isHeld', { directory, name });
}

/** Removes the socket that a killed holder left behind. */
async function removeLockSocket(directory: string, name: string, files: OwnFiles): Promise<void> {
  if (NAME.test(name)) await files.call('remove', { path: join(directory, name) });
}

import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isListenedOn, openLockSocket, removeLockSocket } from './lock-socket.ts';
import { identifyProcess, livenessOf, type ProcessIdentity } from './process-identity.ts';

/** Somebody else holds the lock. */
export class LockedError extends Error {
  readonly pid: number;

  constructor(pid: number, what: string) {
    super(`${what} is held by the process ${pid}`);
    this.name = 'LockedError';
    this.pid = pid;
  }
}

export interface Lock {
  release(): Promise<void>;
}

interface Holder extends ProcessIdentity {
  readonly nonce: string;
  /** for those to whom the process number says nothing */
  readonly socket?: string;
}

/**
 * A lock file that survives `kill -9` without ever being held by two: `<base>.lock.<generation>`. Whoever finds the
 * highest generation held by nobody makes the next one with link(2), which exactly one can. The highest is never removed,
 * not even when it is released, so after making one it is enough to look whether a higher one is there.
 * Rejects with a LockedError that names the holder.
 */
export async function acquireLock(directory: string, base: string): Promise<Lock> {
  const self = identifyProcess('self') ?? {
    pid: process.pid,
    startedAt: '',
    bootId: '',
    namespace: '',
  };
  const socket = await openLockSocket(directory);
  try {
    const nonce = randomBytes(8).toString('hex');
    const holder: Holder = { ...self, nonce, ...(socket && { socket: socket.name }) };
    const generation = await take(directory, base, holder);
    return {
      release: async () => {
        await release(lockFile(directory, base, generation));
        await socket?.close();
      },
    };
  } catch (error) {
    await socket?.close();
    throw error;
  }
}

/** The generation that is ours now. */
async function take(directory: string, base: string, holder: Holder): Promise<number> {
  const temporary = join(directory, `.${base}.lock.${holder.nonce}`);
  await writeFile(temporary, JSON.stringify(holder), { mode: 0o600 });
  try {
    for (;;) {
      const generation = await tryOnce(directory, base, temporary);
      if (generation !== undefined) return generation;
    }
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The process that holds the lock; undefined when it is free. */
export async function lockHolder(directory: string, base: string): Promise<number | undefined> {
  const highest = Math.max(...(await generations(directory, base)));
  const holder = await readHolder(lockFile(directory, base, highest));
  return holder !== undefined && (await isHolding(directory, holder)) ? holder.pid : undefined;
}

/** Another PID namespace, as of another container on the same state directory, is not to be looked into. */
async function isHolding(directory: string, holder: Holder): Promise<boolean> {
  const liveness = livenessOf(holder);
  if (liveness !== 'elsewhere') return liveness === 'alive';
  return holder.socket !== undefined && (await isListenedOn(directory, holder.socket));
}

/** The generation that was won, or undefined when somebody was faster. */
async function tryOnce(
  directory: string,
  base: string,
  temporary: string,
): Promise<number | undefined> {
  const before = await generations(directory, base);
  const highest = Math.max(...before);
  const holder = await readHolder(lockFile(directory, base, highest));
  if (holder !== undefined && (await isHolding(directory, holder))) {
    throw new LockedError(holder.pid, base);
  }
  const mine = highest + 1;
  if (!(await linkExclusively(temporary, lockFile(directory, base, mine)))) return undefined;
  const after = await generations(directory, base);
  if (Math.max(...after) > mine) {
    await rm(lockFile(directory, base, mine), { force: true });
    return undefined;
  }
  const old = before.filter((generation) => generation > 0 && generation < mine);
  await Promise.all(
    old.map((generation) => rm(lockFile(directory, base, generation), { force: true })),
  );
  if (holder?.socket !== undefined) await removeLockSocket(directory, holder.socket);
  return mine;
}

/** The file stays, so that generations only ever grow; it names nobody any more. */
async function release(file: string): Promise<void> {
  const temporary = `${file}.released`;
  await writeFile(temporary, '{}', { mode: 0o600 });
  await rename(temporary, file);
}

function lockFile(directory: string, base: string, generation: number): string {
  return join(directory, `${base}.lock.${generation}`);
}

/** Generations that there are; 0, which is never a file, stands for none. */
async function generations(directory: string, base: string): Promise<number[]> {
  const prefix = `${base}.lock.`;
  const names = await readdir(directory).catch(() => []);
  const numbers = names
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)));
  return [0, ...numbers.filter((number) => Number.isSafeInteger(number) && number > 0)];
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Partial<Holder>;
    return typeof holder.pid === 'number' ? (holder as Holder) : undefined;
  } catch {
    return undefined; // gone, or cut short by a power cut: nobody holds it
  }
}

async function linkExclusively(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

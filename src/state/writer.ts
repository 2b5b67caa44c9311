import { createHash, randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from '../runtime/durable.ts';
import { UnavailableError } from '../runtime/errors.ts';
import { ownFilesHint } from '../runtime/own-files-hint.ts';
import { errorCode, errorMessage } from '../runtime/system-error.ts';

/** The identity of this machine for the backends that it writes to. */
export interface WriterIdentity {
  readonly writer: string;
  /** the identity in earlier versions: the hash of the machine id */
  readonly formerWriter?: string | undefined;
}

/** The content of `writer-id` in the state directory: an id, and below it the machine where it was created. Further lines are ignored. */
interface Kept {
  readonly id: string;
  /** undefined if the machine had no id, and in files of earlier versions */
  readonly machine?: string | undefined;
}

const MACHINE_ID_FILE = '/etc/machine-id';
const MACHINE_ID = /^(?!0{32}$)[0-9a-f]{32}$/;
const KEPT = /^([0-9a-f]{16})(?:\n([0-9a-f]{16}))?(?:\n|$)/;

/**
 * Returns the identity of this machine as a writer of backends: a random id, created once and saved in the state directory. The
 * machine id cannot serve, because cloned machines share it. It only shows whether the state directory was copied to another
 * machine, which then gets a new identity. If both were copied, the machines cannot be distinguished.
 *
 * @throws an UnavailableError when the id cannot be read, or when there is none and none can be saved
 * @see machine-id(5), which asks that the id itself be not published
 */
export async function writerIdentity(
  stateDirectory: string,
  machineIdFile = MACHINE_ID_FILE,
): Promise<WriterIdentity> {
  const machine = await machineAt(machineIdFile);
  const file = join(stateDirectory, 'writer-id');
  const kept = await keptIn(file).catch((error: unknown) => refuse(file, error));
  if (kept !== undefined) return { writer: writerOf(kept, machine), formerWriter: machine };
  try {
    return { writer: writerOf(await make(file, machine), machine), formerWriter: machine };
  } catch (error) {
    if (machine === undefined) return refuse(file, error);
    return { writer: machine }; // a full disk stops nothing: the next start with free space saves it
  }
}

/** Reads the identity of this machine without saving anything; undefined if there is none yet, or if it cannot be read. */
export async function knownWriter(stateDirectory: string): Promise<WriterIdentity | undefined> {
  const machine = await machineAt(MACHINE_ID_FILE);
  const kept = await keptIn(join(stateDirectory, 'writer-id')).catch(() => undefined);
  return kept && { writer: writerOf(kept, machine), formerWriter: machine };
}

function refuse(file: string, error: unknown): never {
  throw new UnavailableError(
    'unavailable',
    `cannot save the identity of this machine in ${file}: ${errorMessage(error)}`,
    ownFilesHint(error, dirname(file)),
  );
}

function writerOf({ id, machine: madeAt }: Kept, machine: string | undefined): string {
  const isCopy = madeAt !== undefined && machine !== undefined && madeAt !== machine;
  return isCopy ? hash(`${id} ${machine}`) : id;
}

/** A hash of the machine id; undefined if it is missing, `uninitialized`, or not a valid id. */
async function machineAt(file: string): Promise<string | undefined> {
  const text = (await readFile(file, 'utf8').catch(() => '')).trim();
  return MACHINE_ID.test(text) ? hash(`backup-syncd ${text}`) : undefined;
}

/** Reads an identity; undefined if there is none, or if it is damaged. */
async function keptIn(file: string): Promise<Kept | undefined> {
  try {
    const [, id, machine] = KEPT.exec((await readFile(file, 'utf8')).trim()) ?? [];
    return id === undefined ? undefined : { id, machine };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Two processes that start at the same time agree: link(2) lets one of them win. */
async function make(file: string, machine: string | undefined): Promise<Kept> {
  const id = randomBytes(8).toString('hex');
  const temporary = `${file}.${id}`;
  try {
    await writeDurably(temporary, machine === undefined ? `${id}\n` : `${id}\n${machine}\n`);
    await link(temporary, file).catch(async () => {
      if ((await keptIn(file)) === undefined) await rename(temporary, file);
    });
  } finally {
    await rm(temporary, { force: true });
  }
  syncDirectory(dirname(file));
  const kept = await keptIn(file);
  if (kept === undefined)
    throw new Error(`${file} was read back with different content than was written`);
  return kept;
}

/** Belongs to the owner of the directory, even if root creates it. */
async function writeDurably(file: string, text: string): Promise<void> {
  const { uid, gid } = await stat(dirname(file));
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    if (process.getuid?.() === 0) await handle.chown(uid, gid);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

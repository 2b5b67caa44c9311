import { isAbsolute, join } from 'node:path';
import { DIRECT_FILES, type OwnFiles } from '../files/own-files.ts';
import { UnavailableError } from '../runtime/errors.ts';
import { parseJson } from '../runtime/parse-json.ts';
import { errorCode, errorMessage } from '../runtime/system-error.ts';
import { newerSchemaIn } from '../runtime/versions.ts';

/**
 * The record of where a client without a file was found. Each has a small file of its own, `CLIENT.discovered`, with the directory
 * of its repository, so that it stays a client when the directory is gone. A file for each needs no lock: the process that runs the
 * client writes it.
 */
export interface DiscoveredClient {
  readonly name: string;
  readonly directory: string;
}

const ENDING = '.discovered';
/** More than the length of any path. */
const MOST_BYTES = 16_384;

export function discoveredFileOf(stateDirectory: string, client: string): string {
  return join(stateDirectory, client + ENDING);
}

export interface Recorded {
  readonly clients: readonly DiscoveredClient[];
  /** by client: why its file could not be read */
  readonly unread: ReadonlyMap<string, string>;
}

/** Loads all records. Rejects when the state directory cannot be read. */
export async function loadDiscovered(
  stateDirectory: string,
  files: OwnFiles = DIRECT_FILES,
): Promise<Recorded> {
  const clients: DiscoveredClient[] = [];
  const unread = new Map<string, string>();
  const load = async (name: string): Promise<void> => {
    try {
      const directory = await read(stateDirectory, name, files);
      if (directory !== undefined) clients.push({ name, directory });
    } catch (error) {
      unread.set(name, errorMessage(error));
    }
  };
  const names = (await namesIn(stateDirectory, files)).filter((name) => name.endsWith(ENDING));
  await Promise.all(names.map((name) => load(name.slice(0, -ENDING.length))));
  return { clients, unread };
}

/** Records where a client was found, unless that is recorded. Rejects when it cannot be written. */
export async function saveDiscovered(
  stateDirectory: string,
  { name, directory }: DiscoveredClient,
  files: OwnFiles = DIRECT_FILES,
): Promise<void> {
  const before = await read(stateDirectory, name, files).catch(unlessNewer);
  if (before === directory) return;
  const path = discoveredFileOf(stateDirectory, name);
  await files.call('replace', { path, content: JSON.stringify(directory) });
}

async function namesIn(stateDirectory: string, files: OwnFiles): Promise<string[]> {
  try {
    return await files.call('names', { path: stateDirectory });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function unlessNewer(error: unknown): undefined {
  if (error instanceof UnavailableError) throw error;
}

/** Error codes that mean that something else is in place of a file that we wrote. */
const DAMAGED = new Set(['ENOTREG', 'EFBIG']);

/** Reads a record; undefined if there is none, or if it is damaged: the directory is then found again, if it exists. */
async function read(
  stateDirectory: string,
  client: string,
  files: OwnFiles,
): Promise<string | undefined> {
  const path = discoveredFileOf(stateDirectory, client);
  try {
    const bytes = await files.call('read', { path, maxBytes: MOST_BYTES });
    const directory = parseJson(Buffer.from(bytes ?? []).toString());
    refuseNewer(directory, path);
    return typeof directory === 'string' && isAbsolute(directory) ? directory : undefined;
  } catch (error) {
    if (DAMAGED.has(errorCode(error))) return undefined;
    throw error;
  }
}

/** So far, the file has only a path. A version that stores more numbers the form of it. */
function refuseNewer(json: unknown, path: string): void {
  const newer = newerSchemaIn(json, 0);
  if (newer === undefined) return;
  throw new UnavailableError(
    'configuration',
    `${path} was written by a newer version (schemaVersion ${newer})`,
    'run the newer version, or move the file away; it is written again while the repository exists',
  );
}

import { dirname, join } from 'node:path';
import { DIRECT_FILES, type OwnFiles } from '../files/own-files.ts';
import type { ClientFacts } from '../facts/facts.ts';
import { UnavailableError } from '../runtime/errors.ts';
import { packageVersion } from '../runtime/package-files.ts';
import { ownFilesHint } from '../runtime/own-files-hint.ts';
import { errorCode, errorMessage } from '../runtime/system-error.ts';
import { isOlder, newerSchemaIn } from '../runtime/versions.ts';
import { decodeFacts, encodeFacts } from './encode.ts';
import { ClientState, STATE_VERSION } from './state-schema.ts';
import { parseJson } from '../runtime/parse-json.ts';

export interface LoadedState {
  /** undefined on the first start, and when the file was damaged */
  readonly facts: ClientFacts | undefined;
  /** where a damaged file was moved */
  readonly damagedFile?: string;
}

interface LoadOptions {
  /** the time for the new name of a damaged file; without it, the file stays where it is */
  readonly putAsideAt?: number;
  readonly files?: OwnFiles;
}

/** More than the size of any client's state, in bytes: a hundred thousand snapshots take a tenth of it. */
const MOST_BYTES = 128 * 1024 * 1024;

export const STATE_FILE_ENDING = '.json';

export function stateFileOf(stateDirectory: string, client: string): string {
  return join(stateDirectory, client + STATE_FILE_ENDING);
}

/**
 * Loads the saved facts of a client. A damaged file is moved aside, and the facts are rebuilt. A file from a newer version is
 * refused with an UnavailableError, and stays where it is.
 */
export async function loadState(
  file: string,
  client: string,
  { putAsideAt, files = DIRECT_FILES }: LoadOptions = {},
): Promise<LoadedState> {
  const text = await readIfThere(file, files);
  if (text === undefined) return { facts: undefined };
  const json = parseJson(text);
  refuseNewerSchema(json, file);
  const parsed = ClientState.safeParse(json);
  if (parsed.success && parsed.data.file.client === client)
    return { facts: decodeFacts(parsed.data) };
  refuseNewerProgram(json, file);
  if (putAsideAt === undefined) return { facts: undefined, damagedFile: file };
  const time = new Date(putAsideAt).toISOString().replaceAll(':', '');
  const damagedFile = `${file}.damaged-${time}`;
  await files.call('rename', { from: file, to: damagedFile });
  return { facts: undefined, damagedFile };
}

/** Replaces the file atomically and durably. */
export async function saveState(
  file: string,
  facts: ClientFacts,
  { now, files = DIRECT_FILES }: { readonly now: number; readonly files?: OwnFiles },
): Promise<void> {
  const content = JSON.stringify(encodeFacts(facts, now, ownVersion()));
  await files.call('replace', { path: file, content, isDurable: true });
}

export async function createStateDirectory(
  directory: string,
  files: OwnFiles = DIRECT_FILES,
): Promise<void> {
  try {
    await files.call('makeDirectory', { path: directory });
  } catch (error) {
    throw new UnavailableError(
      'unavailable',
      `cannot make the state directory ${directory}: ${errorMessage(error)}`,
      `${ownFilesHint(error, directory)}; or set stateDirectory in backup-syncd.yaml`,
    );
  }
}

function refuseNewerSchema(json: unknown, file: string): void {
  const newer = newerSchemaIn(json, STATE_VERSION);
  if (newer !== undefined)
    throw newerError(file, `schemaVersion ${newer}, this one knows ${STATE_VERSION}`);
}

/** Refuses a file that a newer version wrote: it is not damaged just because this version cannot read it. */
function refuseNewerProgram(json: unknown, file: string): void {
  const { writtenBy } = (json ?? {}) as { readonly writtenBy?: unknown };
  if (typeof writtenBy === 'string' && isOlder(ownVersion(), writtenBy))
    throw newerError(file, `${writtenBy}, this one is ${ownVersion()}`);
}

function newerError(file: string, versions: string): UnavailableError {
  return new UnavailableError(
    'configuration',
    `${file} was written by a newer version (${versions})`,
    'run the newer version, or move the file away; the state is then rebuilt from the places',
  );
}

let version: string | undefined;

function ownVersion(): string {
  return (version ??= packageVersion());
}

async function readIfThere(file: string, files: OwnFiles): Promise<string | undefined> {
  try {
    const bytes = await files.call('read', { path: file, maxBytes: MOST_BYTES });
    return bytes && Buffer.from(bytes.buffer).toString();
  } catch (error) {
    const { hint } = error as { hint?: string };
    throw new UnavailableError(
      'unavailable',
      `cannot read ${file}: ${errorMessage(error)}`,
      hint ?? HINTS[errorCode(error)] ?? ownFilesHint(error, dirname(file), file),
    );
  }
}

const MOVE_AWAY = 'move it away; the state is then rebuilt from the places';
const HINTS: Readonly<Record<string, string>> = { ENOTREG: MOVE_AWAY, EFBIG: MOVE_AWAY };

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClientFacts } from '../report/facts.ts';
import { syncAbove, syncDirectory } from '../runtime/durable.ts';
import { EXIT, ExitError } from '../runtime/errors.ts';
import { errorCode, errorMessage } from '../runtime/system-error.ts';
import { decodeFacts, encodeFacts } from './encode.ts';
import { ClientState, STATE_VERSION } from './state-schema.ts';

export interface LoadedState {
  /** undefined on the first start, and when the file was damaged */
  readonly facts: ClientFacts | undefined;
  /** where a damaged file was put aside */
  readonly damagedFile?: string;
}

export function stateFileOf(stateDirectory: string, client: string): string {
  return join(stateDirectory, `${client}.json`);
}

/**
 * The remembered facts of a client. A damaged file is put aside, nothing of it is lost and everything is learnt anew; a
 * file from a newer version is refused with an ExitError.
 */
export async function loadState(
  file: string,
  client: string,
  { putAside }: { readonly putAside: boolean } = { putAside: true },
): Promise<LoadedState> {
  const text = await readIfThere(file);
  if (text === undefined) return { facts: undefined };
  const json = parseJson(text);
  refuseNewer(json, file);
  const parsed = ClientState.safeParse(json);
  if (parsed.success && parsed.data.client === client) return { facts: decodeFacts(parsed.data) };
  const damagedFile = `${file}.damaged-${new Date().toISOString().replaceAll(':', '')}`;
  if (putAside) await rename(file, damagedFile);
  return { facts: undefined, damagedFile: putAside ? damagedFile : file };
}

/** Replaces the file atomically and durably. */
export async function saveState(file: string, facts: ClientFacts, now: number): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(encodeFacts(facts, now)));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  await syncDirectory(dirname(file));
}

export async function createStateDirectory(directory: string): Promise<void> {
  try {
    const first = await mkdir(directory, { recursive: true, mode: 0o700 });
    if (first !== undefined) await syncAbove(directory);
  } catch (error) {
    throw new ExitError(
      EXIT.unavailable,
      `cannot make the state directory ${directory}: ${errorMessage(error)}`,
      'make it and give it to the user that runs backup-syncd, or set stateDirectory in backup-syncd.yaml',
    );
  }
}

function refuseNewer(json: unknown, file: string): void {
  const version = (json as { schemaVersion?: unknown } | null | undefined)?.schemaVersion;
  if (typeof version !== 'number' || version <= STATE_VERSION) return;
  throw new ExitError(
    EXIT.configuration,
    `${file} was written by a newer version (schemaVersion ${version}, this one knows ${STATE_VERSION})`,
    'run the newer version, or move the file away: then everything is learnt anew from the places themselves',
  );
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new ExitError(
      EXIT.unavailable,
      `cannot read ${file}: ${errorMessage(error)}`,
      'give it to the user that runs backup-syncd',
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

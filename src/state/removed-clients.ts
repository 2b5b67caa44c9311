import { join } from 'node:path';
import * as z from 'zod/mini';
import { DIRECT_FILES, type OwnFiles } from '../files/own-files.ts';
import { DAY_MS } from '../runtime/units.ts';
import { STATE_FILE_ENDING } from './state-file.ts';
import { parseJson } from '../runtime/parse-json.ts';

/**
 * Clients that are no longer configured, and since when, in milliseconds since the epoch. The file `removed-clients` in the state
 * directory saves them, so that a restart does not announce them again. It is a cache, not state (I8): if it is lost or damaged,
 * they are announced for another day.
 */
export type RemovedClients = ReadonlyMap<string, number>;

/** How long a removed client is announced, in milliseconds. */
const ANNOUNCED_MS = DAY_MS;
const MOST_BYTES = 4 * 1024 * 1024;

/** The format of the file: names and times. */
const SAVED = z.record(
  z.string(),
  z.pipe(
    z.iso.datetime(),
    z.transform((time) => Date.parse(time)),
  ),
);

export interface Known {
  /** clients in the newest configuration, including refused ones */
  readonly configured: ReadonlySet<string>;
  /** clients that have a state file, or ran until now */
  readonly known: Iterable<string>;
}

/** The removed clients. One without a state file stays until its announcement is over. */
export function updateRemoved(
  before: RemovedClients,
  { configured, known }: Known,
  now: number,
): RemovedClients {
  const names = new Set(known);
  for (const client of announced(before, now)) names.add(client);
  return new Map(
    [...names]
      .filter((client) => !configured.has(client))
      .sort()
      .map((client) => [client, Math.min(before.get(client) ?? now, now)]),
  );
}

/** The clients that were removed less than a day ago. */
export function announced(removed: RemovedClients, now: number): string[] {
  return [...removed].filter(([, since]) => now - since < ANNOUNCED_MS).map(([client]) => client);
}

/** The clients that have a state file. */
export async function clientsWithState(
  stateDirectory: string,
  files: OwnFiles = DIRECT_FILES,
): Promise<string[]> {
  return (await files.call('names', { path: stateDirectory }))
    .filter((name) => name.endsWith(STATE_FILE_ENDING))
    .map((name) => name.slice(0, -STATE_FILE_ENDING.length));
}

/** Returns an empty map if there is no usable file. */
export async function loadRemoved(
  stateDirectory: string,
  files: OwnFiles = DIRECT_FILES,
): Promise<RemovedClients> {
  const read = files.call('read', { path: removedFileOf(stateDirectory), maxBytes: MOST_BYTES });
  const bytes = await read.catch(() => undefined);
  const { data = {} } = SAVED.safeParse(parseJson(Buffer.from(bytes ?? []).toString()));
  return new Map(Object.entries(data));
}

/** Replaces the file atomically. */
export async function saveRemoved(
  stateDirectory: string,
  removed: RemovedClients,
  files: OwnFiles = DIRECT_FILES,
): Promise<void> {
  const dates = [...removed].map(([client, since]) => [client, new Date(since).toISOString()]);
  const content = `${JSON.stringify(Object.fromEntries(dates))}\n`;
  await files.call('replace', { path: removedFileOf(stateDirectory), content });
}

export function removedFileOf(stateDirectory: string): string {
  return join(stateDirectory, 'removed-clients');
}

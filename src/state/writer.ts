import { createHash, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The identity of this machine as a writer of backends: derived from its machine id, so that a lost state directory does
 * not make it a stranger; where there is none, as in many containers, a random one that is kept in the state directory.
 * @see machine-id(5), which asks that the id itself be not published
 */
export async function writerIdentity(stateDirectory: string): Promise<string> {
  const machine = await readTrimmed('/etc/machine-id');
  if (machine !== '') return hash(`backup-syncd ${machine}`);
  const file = join(stateDirectory, 'writer-id');
  const kept = await readTrimmed(file);
  if (kept !== '') return kept;
  const fresh = hash(randomUUID());
  await writeFile(file, `${fresh}\n`, { mode: 0o600, flag: 'wx' }).catch(() => undefined);
  return (await readTrimmed(file)) || fresh;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function readTrimmed(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim();
}

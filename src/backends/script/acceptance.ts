import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A script's place has no marker to say that a changed `config` was accepted: a file beside its lists does. */
const NAME = 'accepted-config';

export function scriptDirectory(
  runtimeDirectory: string,
  { client, backend }: { readonly client: string; readonly backend: string },
): string {
  return join(runtimeDirectory, 'scripts', client, backend);
}

export async function acceptConfigOf(directory: string, configSha256: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, NAME), `${configSha256}\n`, { mode: 0o600 });
}

export async function hasAcceptedConfig(directory: string, configSha256: string): Promise<boolean> {
  const accepted = await readFile(join(directory, NAME), 'utf8').catch(() => '');
  return accepted.trim() === configSha256;
}

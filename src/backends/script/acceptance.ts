import { join } from 'node:path';
import type { OwnFiles } from '../../files/own-files.ts';

/** A script's place has no marker, so a file next to its lists records that a changed `config` was accepted. */
const NAME = 'accepted-config';

export function scriptDirectory(
  runtimeDirectory: string,
  { client, backend }: { readonly client: string; readonly backend: string },
): string {
  return join(runtimeDirectory, 'scripts', client, backend);
}

/** The directory of a script's lists and of this file, and how to reach it. */
export interface ScriptFiles {
  readonly directory: string;
  readonly files: OwnFiles;
}

export async function acceptConfigOf(
  { directory, files }: ScriptFiles,
  configSha256: string,
): Promise<void> {
  await files.call('makeDirectory', { path: directory });
  await files.call('write', { path: join(directory, NAME), content: `${configSha256}\n` });
}

export async function hasAcceptedConfig(
  { directory, files }: ScriptFiles,
  configSha256: string,
): Promise<boolean> {
  const read = files.call('read', { path: join(directory, NAME), maxBytes: 1024 });
  const accepted = await read.catch(() => undefined);
  return (
    Buffer.from(accepted ?? [])
      .toString()
      .trim() === configSha256
  );
}

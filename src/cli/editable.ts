import { join, resolve } from 'node:path';
import { loadRead } from '../config/load.ts';
import { CLIENT_FOLDER } from '../config/parse.ts';
import { readFiles, type ReadResult } from '../config/read-files.ts';
import type { Config, LoadResult } from '../config/types.ts';
import { DIRECT_FILES } from '../files/own-files.ts';
import { NAME_PATTERN, NAME_RULE } from '../schema/values.ts';
import { configError, requireAnswers } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';

/** The files of the configuration, for commands that change one. */
export interface Written {
  /** absolute */
  readonly root: string;
  readonly read: ReadResult;
}

/** The configuration as it is written, and what it means. */
export interface Editable extends Written {
  readonly loaded: LoadResult;
  readonly config: Config;
}

/** Reads the files, whether they are valid or not. */
export async function readWritten(context: Context, configDir: string): Promise<Written> {
  const root = resolve(configDir);
  await requireAnswers(context, { configuration: root });
  return { root, read: await readFiles(root, DIRECT_FILES) };
}

/** Reads the configuration, or throws an ExitError that lists every problem of backup-syncd.yaml. */
export async function readEditable(context: Context, configDir: string): Promise<Editable> {
  const { root, read } = await readWritten(context, configDir);
  const loaded = loadRead(read, root);
  const { config } = loaded;
  if (config === undefined)
    throw configError(`the configuration in ${root} cannot be used`, loaded);
  return { root, read, loaded, config };
}

/** Throws an ExitError for what can be no client's name, such as a path. */
export function requireName(name: string): void {
  if (NAME_PATTERN.test(name)) return;
  throw new ExitError(EXIT.usage, `"${name}" cannot be the name of a client`, NAME_RULE);
}

/** The file of a client, relative to the configuration directory. */
export function clientFileOf(name: string): string {
  return `${CLIENT_FOLDER}/${name}.yaml`;
}

/** The text of a client's file; undefined if there is none. */
export function textOf({ read }: Written, name: string): string | undefined {
  const file = read.files.find(({ path }) => path === clientFileOf(name));
  return file?.fault === undefined ? file?.text : undefined;
}

/** Where a client's file is. */
export function pathOf({ root }: Written, name: string): string {
  return join(root, clientFileOf(name));
}

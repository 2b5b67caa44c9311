import { join } from 'node:path';
import { textOfDiscovered } from '../config/discover/discover.ts';
import { editYaml } from '../config/edit/edit-yaml.ts';
import { withFile } from '../config/edit/preview.ts';
import { createFile, replaceFile } from '../config/edit/replace-file.ts';
import { loadRead } from '../config/load.ts';
import { CLIENT_FOLDER } from '../config/parse.ts';
import type { ClientConfig, Config, LoadResult } from '../config/types.ts';
import { UnavailableError } from '../runtime/errors.ts';
import { NAME_PATTERN, NAME_RULE } from '../schema/values.ts';
import { configError, readWritten, type Written } from './configured.ts';
import type { Context } from './context.ts';
import { EXIT, ExitError } from './exit-error.ts';

/** The configuration as it is written, and what it means. */
export interface Editable extends Written {
  readonly loaded: LoadResult;
  readonly config: Config;
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

/** Throws an ExitError for a bad name of a new client. A name that looks like a file's is a mistake. */
export function requireNewName(name: string): void {
  requireName(name);
  const [, client] = /^(.+)\.ya?ml$/.exec(name) ?? [];
  if (client === undefined) return;
  throw new ExitError(
    EXIT.usage,
    `"${name}" looks like the name of a file`,
    `a client has the name without .yaml: ${client}`,
  );
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

/** The path of a client's file. */
export function pathOf({ root }: Written, name: string): string {
  return join(root, clientFileOf(name));
}

/** A client that has no file, because its repository was found. */
export function discoveredClient(
  config: Config | undefined,
  name: string,
): ClientConfig | undefined {
  return config?.clients.find((client) => client.isDiscovered && client.name === name);
}

/** The text of a client's file, or what the file of a discovered client would say; undefined if there is no such client. */
export function textToEdit(editable: Editable, name: string): string | undefined {
  const found = discoveredClient(editable.config, name);
  const text = found && textOfDiscovered({ name, directory: found.file });
  return textOf(editable, name) ?? text;
}

/** Replaces a client's file, or writes that of a discovered client. Throws if somebody else changed it in the meantime. */
export async function writeClient(
  editable: Editable,
  name: string,
  texts: { readonly before: string; readonly after: string },
): Promise<void> {
  const path = pathOf(editable, name);
  if (discoveredClient(editable.config, name) === undefined) return replaceFile(path, texts);
  if (await createFile(path, texts.after)) return;
  throw new UnavailableError(
    'busy',
    `someone else wrote ${path} in the meantime, and nothing was changed`,
    'check the file, then run the command again',
  );
}

/** The client as it would be if it were enabled; undefined if there is none, or if its configuration has problems. */
export function asEnabled(written: Written, name: string): ClientConfig | undefined {
  const before = textOf(written, name);
  const text = before === undefined ? undefined : editYaml(before, ENABLED);
  if (text === undefined) return undefined;
  const { config } = loadRead(withFile(written.read, clientFileOf(name), text), written.root);
  return config?.clients.find((client) => client.name === name);
}

const ENABLED = { enabled: undefined, disabled: undefined };

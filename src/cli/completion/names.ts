import { loadRead } from '../../config/load.ts';
import type { LoadResult } from '../../config/types.ts';
import { NAME_PATTERN } from '../../schema/values.ts';
import { readWritten } from '../configured.ts';
import type { Context } from '../context.ts';
import type { KnownNames } from './candidates.ts';

/** The names in a configuration, as far as it can be read. Never rejects. */
export async function knownNames(context: Context, configDir: string): Promise<KnownNames> {
  const { config, clientProblems } = await readAll(context, configDir);
  const clients = config?.clients ?? [];
  const off = config?.disabled.map(({ name }) => name) ?? [];
  return {
    // a file may have any name, and a shell would interpret some
    clients: [...clients.map(({ name }) => name), ...off, ...clientProblems.keys()].filter((name) =>
      NAME_PATTERN.test(name),
    ),
    backendsOf: (chosen) =>
      clients
        .filter(({ name }) => chosen.length === 0 || chosen.includes(name))
        .flatMap(({ backends }) => backends.map(({ name }) => name)),
  };
}

/** Reads the configuration; undefined if a directory hangs. */
async function readAll(
  context: Context,
  configDir: string,
): Promise<Pick<LoadResult, 'config' | 'clientProblems'>> {
  try {
    const { read, root } = await readWritten(context, configDir);
    return loadRead(read, root);
  } catch {
    return { clientProblems: new Map() };
  }
}

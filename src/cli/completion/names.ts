import { loadConfig } from '../../config/load.ts';
import { NAME_PATTERN } from '../../schema/values.ts';
import type { KnownNames } from './candidates.ts';

/** The names in a configuration, as far as it can be read. Never rejects. */
export async function knownNames(configDir: string): Promise<KnownNames> {
  const { config, clientProblems } = await loadConfig(configDir);
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

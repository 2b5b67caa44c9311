import { isWithin, type ConfiguredPlace } from './overlap.ts';
import type { Probe } from './probe.ts';
import type { ClientConfig, Config, Fault } from './types.ts';

/** The directory that restore checks of a client restore to. */
export function restoreDirectories({ restoreCheck }: ClientConfig): string[] {
  return restoreCheck === undefined ? [] : [restoreCheck.directory];
}

/** Finds directories of the daemon's own that symbolic links lead into a source or a replica. Those that are there by their text are refused before. */
export function checkOwnLinks(
  { stateDirectory, clients }: Config,
  places: readonly ConfiguredPlace[],
  probes: ReadonlyMap<string, Probe>,
): Fault[] {
  const realOf = (directory: string) => {
    const probe = probes.get(directory);
    return probe !== undefined && 'real' in probe ? probe.real : directory;
  };
  const complaint = (directory: string): string | undefined => {
    const around = places.find((place) => isWithin(realOf(directory), realOf(place.directory)));
    if (around === undefined || isWithin(directory, around.directory)) return undefined;
    return `through symbolic links, "${directory}" is inside the ${around.role} of client ${around.client.name} ("${around.directory}"); choose a directory outside all sources and backends`;
  };
  const state = complaint(stateDirectory);
  return [
    ...(state === undefined ? [] : [{ keys: ['stateDirectory'], message: state }]),
    ...clients.flatMap((client) =>
      restoreDirectories(client).flatMap((directory) => {
        const message = isWithin(directory, stateDirectory) ? undefined : complaint(directory);
        return message === undefined
          ? []
          : [{ client, key: ['restoreCheck', 'directory'], message }];
      }),
    ),
  ];
}

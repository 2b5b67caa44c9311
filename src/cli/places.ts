import type { HostOptions } from '../client/hosted-unit.ts';
import { ServedSockets } from '../client/served-sockets.ts';
import type { OpenBackend, OpenLocation, WatchSource } from '../client/surroundings.ts';
import type { Config } from '../config/types.ts';
import type { PlaceConfig } from '../kinds/place-config.ts';
import { loadOpenings } from '../kinds/load-openings.ts';
import { watchDirectory } from '../locations/directory/watch-directory.ts';
import { SILENT_LOG, type Log } from '../log/log.ts';
import { createStateDirectory } from '../state/state-file.ts';
import { writerIdentity } from '../state/writer.ts';
import type { Owner } from './act-as-owner.ts';
import type { Context } from './context.ts';
import { silenceHook, stepHook } from './test-hooks.ts';

/** Connects the needs of a unit with the existing kinds of places. */
export async function hostOptions(
  context: Context,
  config: Config,
  log: Log,
): Promise<Omit<HostOptions, 'transfers'>> {
  const { stateDirectory, runtimeDirectory } = config;
  const stateFiles = context.ownFiles(stateDirectory);
  const runtimeFiles = context.ownFiles(runtimeDirectory);
  await createStateDirectory(stateDirectory, stateFiles);
  return {
    stateDirectory,
    runtimeDirectory,
    stateFiles,
    runtimeFiles,
    log,
    sockets: new ServedSockets(runtimeDirectory, runtimeFiles),
    clock: context.clock,
    ...(await writerIdentity(stateDirectory)),
    ...(await openers(context)),
    sharedPrograms: context.sharedPrograms,
    scripts: { runtimeDirectory, files: runtimeFiles, env: context.env },
    watchSource: watcher(log),
    ...stepHook(context.env),
  };
}

interface Openers {
  readonly openLocation: OpenLocation;
  readonly openBackend: OpenBackend;
}

/** Opens places of every kind. */
export async function openers({ pool, env }: Pick<Context, 'pool' | 'env'>): Promise<Openers> {
  const openings = await loadOpenings();
  const tools = { pool, env, ...silenceHook(env) };
  return {
    openLocation: ({ config, ...how }) => openings.place(config).open(config, { ...tools, ...how }),
    openBackend: (config, how) => openings.backend(config).open(config, how),
  };
}

/** Makes the place of a backend where there is none; returns whether it had to. */
export async function makePlace(
  { pool, env, signals }: Context,
  config: PlaceConfig,
  owner: Owner,
): Promise<boolean> {
  const { place } = await loadOpenings();
  return place(config).make(config, {
    pool,
    env,
    ...silenceHook(env),
    role: 'backend',
    log: SILENT_LOG,
    owner,
    signal: signals.stop,
  });
}

function watcher(log: Log): WatchSource {
  return (directory, onChange) =>
    watchDirectory(`${directory}/snapshots`, onChange, (message) =>
      log.warn({ directory }, `cannot watch the source for changes; polling continues: ${message}`),
    );
}

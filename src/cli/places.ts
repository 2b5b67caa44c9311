import type { HostOptions } from '../client/hosted-unit.ts';
import type { OpenLocation, WatchSource } from '../client/surroundings.ts';
import type { Config } from '../config/types.ts';
import { DirectoryLocation } from '../locations/directory/directory-location.ts';
import { watchDirectory } from '../locations/directory/watch-directory.ts';
import { RcloneLocation } from '../locations/rclone/rclone-location.ts';
import type { Log } from '../log/log.ts';
import { createStateDirectory } from '../state/state-file.ts';
import { writerIdentity } from '../state/writer.ts';
import type { Context } from './context.ts';
import { silenceHook, stepHook } from './test-hooks.ts';

/** Wires what a unit needs to the kinds of places that there are. */
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
    ...{ stateDirectory, runtimeDirectory, stateFiles, runtimeFiles, log },
    clock: context.clock,
    ...(await writerIdentity(stateDirectory)),
    openLocation: opener(context),
    doors: context.doors,
    scripts: { runtimeDirectory, files: runtimeFiles, env: context.env },
    watchSource: watcher(log),
    ...stepHook(context.env),
  };
}

export function opener({ pool, env }: Pick<Context, 'pool' | 'env'>): OpenLocation {
  return ({ config, role, log }) => {
    if (config.kind === 'rclone') {
      const { rclone: remote, rcloneConfig: configFile } = config;
      const bandwidth = 'bandwidth' in config ? config.bandwidth : undefined;
      return new RcloneLocation({
        ...{ remote, configFile, role, bandwidth, env },
        ...silenceHook(env),
      });
    }
    return new DirectoryLocation({
      root: config.directory,
      role,
      pool,
      ...silenceHook(env),
      onLimitation: (message) => log.warn({}, message),
    });
  };
}

function watcher(log: Log): WatchSource {
  return (directory, onChange) =>
    watchDirectory(`${directory}/snapshots`, onChange, (message) =>
      log.warn({ directory }, `cannot watch the source for changes; polling continues: ${message}`),
    );
}

import type { Checked } from './check-file.ts';
import type { Candidate } from './cross-check.ts';
import { formatPath, problemAt } from './issues.ts';
import { blame, type Layers } from './layers.ts';
import type { DaemonFile } from './schema/daemon.ts';
import type { ClientConfig, Config, ConfigProblem } from './types.ts';
import type { KeyPath } from './yaml-file.ts';

// Beside the configuration and not in it, so that it stays plain data that tests can write down.
const clientOrigins = new WeakMap<ClientConfig, Layers>();
const daemonOrigins = new WeakMap<Config, Checked<DaemonFile>>();

export function rememberOrigins(
  config: Config,
  candidates: readonly Candidate[],
  daemon: Checked<DaemonFile>,
): void {
  daemonOrigins.set(config, daemon);
  for (const { client, layers } of candidates) clientOrigins.set(client, layers);
}

/** A problem of a value of a client, where it was written; without a line if it was never a file. */
export function problemOfClient(
  client: ClientConfig,
  key: KeyPath,
  message: string,
): ConfigProblem {
  const layers = clientOrigins.get(client);
  if (layers !== undefined) return blame(layers, key, message);
  return { file: client.file, line: 0, column: 0, key: formatPath(key), message };
}

/** A problem of a value of backup-syncd.yaml; the first of the keys that is written there. */
export function problemOfDaemon(
  config: Config,
  keys: readonly string[],
  message: string,
): ConfigProblem {
  const file = daemonOrigins.get(config)?.file;
  const key = keys.find((each) => file?.locate([each]) !== undefined) ?? keys[0] ?? '';
  if (file?.locate([key]) !== undefined) return problemAt(file, [key], message);
  return { file: 'backup-syncd.yaml', line: 0, column: 0, key, message };
}

/** A configuration made out of another has the same origins. */
export function inheritOrigins(config: Config, from: Config): Config {
  const daemon = daemonOrigins.get(from);
  if (daemon !== undefined) daemonOrigins.set(config, daemon);
  return config;
}

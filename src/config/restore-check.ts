import { join } from 'node:path';
import { backendTraits } from '../kinds/traits.ts';
import { optional } from '../runtime/optional.ts';
import { DAY_MS } from '../runtime/units.ts';
import type { RestoreCheckSettings } from '../work/restore-check/settings.ts';
import { problemAt } from './issues.ts';
import { blame, type Layers } from './layers.ts';
import type { ClientFile } from './schema/client.ts';
import type { BackendConfig, ConfigProblem, SourceConfig } from './types.ts';

type RestoreCheckFile = NonNullable<ClientFile['restoreCheck']>;

/** Merges a client's restore check with the defaults; undefined if neither has one. */
export function mergeRestoreCheck(
  inherited: RestoreCheckFile | undefined,
  own: RestoreCheckFile | undefined,
): RestoreCheckFile | undefined {
  return inherited === undefined && own === undefined ? undefined : { ...inherited, ...own };
}

const DEFAULTS = {
  every: 7 * DAY_MS,
  require: [],
  sample: 20,
  full: false,
  maxBytes: 2 ** 30,
  deadline: 10 * 60_000,
} satisfies RestoreCheckFile;

/** With a password, `restore-check` can always be run by hand. It runs by itself only if it is configured. */
export function buildRestoreCheck(
  { name, daemon }: Layers,
  given: RestoreCheckFile | undefined,
): RestoreCheckSettings {
  const all = { ...DEFAULTS, ...given } as typeof DEFAULTS & RestoreCheckFile;
  const { every, require, sample, full, maxBytes, deadline, directory } = all;
  const stateDirectory = daemon.value?.stateDirectory ?? '/var/lib/backup-syncd';
  return {
    everyMs: given === undefined ? null : every,
    require,
    sample,
    isFull: full,
    maxBytes,
    directory: directory ?? join(stateDirectory, 'restore-check'),
    ...rulesOf(name, all),
    commandDeadlineMs: deadline,
  };
}

function rulesOf(
  client: string,
  { minSize, newerThan, compareWith, command = [] }: RestoreCheckFile,
): Pick<RestoreCheckSettings, 'minBytes' | 'newerThanMs' | 'compareWith' | 'command'> {
  const [program, ...args] = command.map((part) => part.replaceAll('{client}', client));
  return {
    ...optional({ minBytes: minSize, newerThanMs: newerThan, compareWith }),
    ...(program !== undefined && { command: [program, ...args] }),
  };
}

/** Problems of the client's own keys: what the defaults say need not fit every client. */
export function checkRestoreCheck(
  layers: Layers,
  source: SourceConfig | undefined,
  backends: readonly BackendConfig[],
): ConfigProblem[] {
  const { client, daemon } = layers;
  const own = client.value?.restoreCheck;
  const isReported = client.problems.some(({ key }) => key.startsWith('restoreCheck'));
  if (own === undefined || isReported) return [];
  if (source !== undefined && source.password === undefined)
    return [problemAt(client.file, ['restoreCheck'], NO_PASSWORD)];
  const merged = { ...daemon.value?.defaults?.restoreCheck, ...own };
  return [...unused(own, merged), ...foreignPlace(own, placesOf(backends))].map(
    ({ key, message }) => blame(layers, ['restoreCheck', key], message),
  );
}

interface KeyProblem {
  readonly key: keyof RestoreCheckFile;
  readonly message: string;
}

/** Keys that do nothing without another one. */
function unused(own: RestoreCheckFile, merged: RestoreCheckFile): KeyProblem[] {
  const problems: KeyProblem[] = [];
  if (merged.require === undefined || merged.require.length === 0)
    for (const key of ['minSize', 'newerThan'] as const)
      if (own[key] !== undefined) problems.push({ key, message: NO_PATHS });
  if (own.deadline !== undefined && merged.command === undefined)
    problems.push({ key: 'deadline', message: NO_COMMAND });
  return problems;
}

function foreignPlace({ compareWith }: RestoreCheckFile, places: readonly string[]): KeyProblem[] {
  if (typeof compareWith !== 'string' || places.includes(compareWith)) return [];
  const message = `"${compareWith}" is no place of this client; they are ${places.join(', ')}`;
  return [{ key: 'compareWith', message }];
}

const NO_PATHS =
  'only applies to the paths of require, and there are none: add require, or remove it';
const NO_COMMAND = 'only applies to command, and there is none: remove it';
const NO_PASSWORD =
  'needs the password of the repository; add source.password, e.g. password: { file: /etc/backup-syncd/secrets/NAME }, or remove restoreCheck';

/** The places that restic can open. */
function placesOf(backends: readonly BackendConfig[]): string[] {
  const seen = backends.filter((backend) => backendTraits(backend).seenAt !== undefined);
  return ['source', ...seen.map(({ name }) => name)];
}

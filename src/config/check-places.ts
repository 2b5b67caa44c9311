import { backendTraits } from '../kinds/traits.ts';
import { errnoHint } from '../runtime/errno-hints.ts';
import { ownFilesHint } from '../runtime/own-files-hint.ts';
import { permissionHint } from '../runtime/permission-hint.ts';
import { mountAt, readMounts, type Mount } from '../runtime/mounts.ts';
import { findRefusal, type Refusal } from '../runtime/refusal.ts';
import { LONGEST_SOCKET_PATH } from '../runtime/socket-path.ts';
import { describeUser, ownUid } from '../runtime/users.ts';
import { checkOwnLinks, restoreDirectories } from './check-own-links.ts';
import { checkPassword, passwordPaths } from './check-passwords.ts';
import { checkToolConfig, listToolConfigs } from './check-tool-configs.ts';
import { describeOverlap, findOverlaps, isWithin, listPlaces } from './overlap.ts';
import type { ConfiguredPlace } from './overlap.ts';
import { sortProblems } from './problem.ts';
import { probePaths } from './probe.ts';
import type { Probe, ProbeOptions } from './probe.ts';
import type { ClientConfig, Config, ConfigProblem, Fault, WithOrigins } from './types.ts';

const DEADLINE_MS = 5000;

/** The problem with the path itself. */
type PathFault = Required<Pick<Fault, 'severity' | 'message'>>;

/**
 * Checks a configuration against the file system: what is missing, not a directory, not permitted, or the same place through
 * symbolic links. Writes nothing. A path that does not respond within its deadline (default 5 s) is a problem, and not waited for.
 */
export async function checkPlaces(
  { config, origins }: WithOrigins,
  {
    mounts = readMounts(),
    ignoresRights = false,
    ...options
  }: Partial<ProbeOptions> & {
    readonly mounts?: readonly Mount[];
    readonly ignoresRights?: boolean;
  } = {},
): Promise<ConfigProblem[]> {
  const places = listDirectories(config);
  const scripts = config.clients.flatMap(listScripts);
  const probes = await probePaths(pathsOf(config), { deadlineMs: DEADLINE_MS, ...options });
  const faults = [
    ...checkSockets(config),
    ...checkOwnDirectories(config, probes),
    ...places.flatMap((place) => checkPlace(place, probes)),
    ...checkLinks(places, probes),
    ...checkOwnLinks(config, places, probes),
    ...checkRcloneMounts(places, probes, mounts),
    ...scripts.flatMap((script) => checkScript(script, probes)),
    ...config.clients.flatMap(listToolConfigs).flatMap((file) => checkToolConfig(file, probes)),
    ...config.clients.flatMap((client) => checkPassword(client, probes, { ignoresRights })),
  ];
  return sortProblems(faults.map(origins.locate));
}

/** Every path that `checkPlaces` checks. */
export function pathsOf(config: Config): string[] {
  const scripts = config.clients.flatMap(listScripts);
  const all = [...ownDirectories(config), ...listDirectories(config), ...scripts];
  const files = config.clients.flatMap(listToolConfigs).map(({ path }) => path);
  return [
    ...all.map(({ directory }) => directory),
    ...config.clients.flatMap(restoreDirectories),
    ...files,
    ...config.clients.flatMap(passwordPaths),
  ];
}

function listDirectories(config: Config): ConfiguredPlace[] {
  return config.clients.flatMap(listPlaces).filter(({ isDirectory }) => isDirectory);
}

interface OwnDirectory {
  readonly keys: readonly string[];
  readonly directory: string;
}

function ownDirectories(config: Config): OwnDirectory[] {
  return [
    { keys: ['stateDirectory'], directory: config.stateDirectory },
    { keys: ['runtimeDirectory', 'stateDirectory'], directory: config.runtimeDirectory },
  ];
}

function checkSockets(config: Config): Fault[] {
  const sockets = config.clients
    .map(({ name }) => `${config.runtimeDirectory}/${name}.sock`)
    .map((path) => ({ path, bytes: Buffer.byteLength(path) }))
    .sort((a, b) => b.bytes - a.bytes);
  const longest = sockets[0];
  if (longest === undefined || longest.bytes <= LONGEST_SOCKET_PATH) return [];
  const message = `the path of the control socket "${longest.path}" has ${longest.bytes} bytes, and the limit is ${LONGEST_SOCKET_PATH}; set a runtimeDirectory that is at least ${longest.bytes - LONGEST_SOCKET_PATH} shorter, e.g. /run/backup-syncd`;
  return [{ keys: ['runtimeDirectory', 'stateDirectory'], message }];
}

/** Sockets in a bad state directory are not reported separately. */
function checkOwnDirectories(config: Config, probes: ReadonlyMap<string, Probe>): Fault[] {
  const [state = [], runtime = []] = ownDirectories(config).map((own) => checkOwn(own, probes));
  const isCovered = isWithin(config.runtimeDirectory, config.stateDirectory) && state.length > 0;
  return isCovered ? state : [...state, ...runtime];
}

function checkOwn({ keys, directory }: OwnDirectory, probes: ReadonlyMap<string, Probe>): Fault[] {
  const probe = probes.get(directory) ?? { found: 'unchecked' };
  const isWritable = 'denied' in probe && !/[wx]/.test(probe.denied);
  if (isWritable) return [];
  const how = `; ${ownFilesHint({ code: 'EACCES' }, directory)}`;
  const lacks = probe.found === 'missing' ? 'cannot be created' : 'cannot be written to';
  const message = 'denied' in probe ? `${lacks} by ${me()}${how}` : faultOf(probe);
  return [{ keys, message: `"${directory}" ${message}` }];
}

function checkPlace(place: ConfiguredPlace, probes: ReadonlyMap<string, Probe>): Fault[] {
  const fault = findFault(place, probes.get(place.directory) ?? { found: 'unchecked' });
  if (fault === undefined) return [];
  const { client, key, directory } = place;
  return [{ client, key, message: `"${directory}" ${fault.message}`, severity: fault.severity }];
}

function findFault(place: ConfiguredPlace, probe: Probe): PathFault | undefined {
  if (probe.found === 'missing') return missing(place);
  const { isOnlyRead } = place;
  const side = isOnlyRead ? 'source' : 'backend';
  const hint = (refusal: Refusal | undefined) =>
    permissionHint({ root: place.directory, path: place.directory, refusal, side });
  if (probe.found === 'refused')
    return { severity: 'error', message: `cannot be checked: ${hint(probe.refusal)}` };
  if (probe.found !== 'directory') {
    const severity = probe.found === 'unchecked' ? 'warning' : 'error';
    return { severity, message: faultOf(probe) };
  }
  const denied = isOnlyRead ? probe.denied.replace('w', '') : probe.denied;
  if (denied === '') return undefined;
  const mode = isOnlyRead ? 'readable' : 'readable and writable';
  return {
    severity: 'error',
    message: `must be ${mode}: ${hint(findRefusal(place.directory, isOnlyRead ? 'r' : 'rw'))}`,
  };
}

function missing(place: ConfiguredPlace): PathFault | undefined {
  const { client } = place;
  if (isVerified(place)) return undefined; // the script may create it
  const remedy = isSource(place)
    ? 'the daemon waits for it; if it should be there by now, correct the path or mount its disk'
    : `mount its disk; only if the place is new, set it up with "backup-syncd backend init ${client.name} ${place.role.slice(9, -1)}"`;
  return { severity: 'warning', message: `does not exist; ${remedy}` };
}

function isSource({ key }: ConfiguredPlace): boolean {
  return key[0] === 'source';
}

function isVerified({ key }: ConfiguredPlace): boolean {
  return key.includes('verify');
}

function faultOf(probe: Probe): string {
  switch (probe.found) {
    case 'other':
      return 'is a file, or is below one; name a directory';
    case 'error':
      return `cannot be checked (${probe.reason})${adviceOf(probe.reason)}`;
    case 'refused':
      return `cannot be checked by ${me()}${probe.refusal === undefined ? '' : `, who may not use ${probe.refusal.path}`}`;
    case 'hangs':
      return 'does not respond; its file system seems to hang: check the mount';
    default:
      return 'was not checked, because two other paths do not respond';
  }
}

function adviceOf(code: string): string {
  const hint = errnoHint(code);
  return hint === undefined ? '' : `: ${hint}`;
}

/** The programs of backends. */
function listScripts(client: ClientConfig): ConfiguredPlace[] {
  return client.backends.flatMap((backend, index) => {
    const programs = {
      ...backendTraits(backend).programs,
      before: backend.around?.before,
      after: backend.around?.after,
    };
    return Object.entries(programs).flatMap(([key, command]) =>
      command === undefined
        ? []
        : [
            {
              client,
              role: `backend "${backend.name}"`,
              directory: command[0],
              isDirectory: false,
              isOnlyRead: true,
              key: ['backends', index, key, 0],
            },
          ],
    );
  });
}

function checkScript(
  { client, key, directory: path }: ConfiguredPlace,
  probes: ReadonlyMap<string, Probe>,
): Fault[] {
  const probe = probes.get(path) ?? { found: 'unchecked' };
  if (probe.found === 'other') return []; // a file
  const fault = {
    missing: 'does not exist; install the script, or correct the path',
    directory: 'is a directory; name the program itself',
  }[probe.found as string];
  const severity = probe.found === 'directory' ? 'error' : 'warning';
  return [{ client, key, message: `"${path}" ${fault ?? faultOf(probe)}`, severity }];
}

/** Pairs that overlap only through symbolic links; their paths as written do not. */
function checkLinks(
  places: readonly ConfiguredPlace[],
  probes: ReadonlyMap<string, Probe>,
): Fault[] {
  const real = places.flatMap((place): ConfiguredPlace[] => {
    const probe = probes.get(place.directory);
    return probe !== undefined && 'real' in probe ? [{ ...place, directory: probe.real }] : [];
  });
  return findOverlaps(real).map(({ inner, outer }) => {
    const message = `through symbolic links, ${describeOverlap(inner, outer)}`;
    return { client: inner.client, key: inner.key, message };
  });
}

/** A cache is in between: a listing can be old, and can show a file that is gone. */
function checkRcloneMounts(
  places: readonly ConfiguredPlace[],
  probes: ReadonlyMap<string, Probe>,
  mounts: readonly Mount[],
): Fault[] {
  return places.flatMap(({ client, key, directory }) => {
    const probe = probes.get(directory);
    const real = probe !== undefined && 'real' in probe ? probe.real : directory;
    if (mountAt(real, mounts)?.type !== 'fuse.rclone') return [];
    const message = `"${directory}" is on an rclone mount, whose cache may hide missing files and delay writes; name the remote itself with "rclone: REMOTE:PATH"`;
    return [{ client, key, message, severity: 'warning' as const }];
  });
}

/** The user that checks. */
function me(): string {
  return describeUser(ownUid() ?? 0);
}

import { pathBelow } from '../config/discover/glob.ts';
import type { Discovered, DiscoveryFacts, FoundDirectory } from '../config/discover/facts.ts';
import { isWithin } from '../config/overlap.ts';
import { loadRead } from '../config/load.ts';
import type { ReadResult } from '../config/read-files.ts';
import type { DiscoverConfig } from '../config/types.ts';
import type { OwnFiles } from '../files/own-files.ts';
import { FileCalls } from '../locations/directory/io/file-calls.ts';
import { isAbort } from '../runtime/abort.ts';
import { SyncdError } from '../runtime/errors.ts';
import { readMounts } from '../runtime/mounts.ts';
import { errorMessage } from '../runtime/system-error.ts';
import { loadDiscovered } from '../state/discovered-clients.ts';
import type { Context } from './context.ts';

/** How many entries of directories are checked: a user of the server can make any number of them. */
const MOST_ENTRIES = 2_000;
/** How long a directory may take to respond, in milliseconds. */
const SILENCE_MS = 5_000;

type Needs = Pick<Context, 'pool' | 'signals'>;

export interface DiscoveryOptions {
  /** the configuration directory */
  readonly root: string;
  /** access to a state directory, which remembers earlier discoveries */
  readonly stateFiles: (directory: string) => OwnFiles;
  /** of a daemon, which keeps its state directory until it restarts; otherwise the configuration says which one */
  readonly stateDirectory?: string;
  /** clients that were discovered, for when the state directory cannot be read */
  readonly known?: readonly Discovered[];
  /** for a command, whose exit code a hung thread would change: finds out in other processes which paths hang */
  readonly findHung?: (paths: readonly string[]) => Promise<readonly string[]>;
}

/**
 * Adds what is found where the configuration says `discover`. Directories are only read in threads of their mounts, so that one
 * that hangs delays only this, and not for long. Rejects only when it is aborted.
 */
export async function withDiscovery(
  context: Needs,
  read: ReadResult,
  { root, stateFiles, known = [], findHung, ...rest }: DiscoveryOptions,
): Promise<ReadResult> {
  const { config, sources } = loadRead(read, root);
  if (config?.discover === undefined) return read;
  const { discover } = config;
  const { stateDirectory = config.stateDirectory } = rest;
  const places = placesBelow(discover.glob.root);
  const hung = (await findHung?.([...places, ...sources])) ?? [];
  const looked = places.some((path) => hung.includes(path))
    ? failed(discover.glob.root, HANGS)
    : await look(context, discover);
  const recalled = await recall(stateDirectory, stateFiles(stateDirectory), known);
  const able = sources.filter((path) => !hung.includes(path));
  const realSources = await resolveSources(context, able);
  const faults = [looked.fault, recalled.fault].filter((fault) => fault !== undefined);
  const discovery: DiscoveryFacts = {
    ...{ found: looked.found, remembered: recalled.remembered },
    realPaths: [[discover.glob.root, looked.real], ...realSources],
    ...(looked.isCut && { isCut: true }),
    ...(faults.length > 0 && { fault: faults.join('; ') }),
  };
  return { ...read, discovery };
}

interface Looked {
  readonly found: readonly FoundDirectory[];
  /** the root of the glob, without links */
  readonly real: string;
  readonly isCut: boolean;
  readonly fault?: string;
}

async function look(context: Needs, { glob: { root, parts } }: DiscoverConfig): Promise<Looked> {
  try {
    const { stop: signal } = context.signals;
    const calls = callsIn(context, root);
    const found = await calls.call('repositories', { signal }, parts, MOST_ENTRIES);
    return {
      ...{ real: found.real, isCut: found.isCut },
      found: found.found.map(({ path, ...rest }) => ({
        ...rest,
        directory: pathBelow(root, path),
      })),
    };
  } catch (error) {
    if (isAbort(error)) throw error;
    const hint = error instanceof SyncdError ? error.hint : undefined;
    return failed(root, `${errorMessage(error)}${hint === undefined ? '' : `; ${hint}`}`);
  }
}

const HANGS = 'it does not respond; check its mount';

function failed(root: string, why: string): Looked {
  const fault = `cannot look for repositories in ${root}: ${why}`;
  return { found: [], real: root, isCut: false, fault };
}

/** The directory, and what is mounted below it. */
function placesBelow(root: string): string[] {
  const mounts = readMounts().map(({ point }) => point);
  return [root, ...mounts.filter((path) => isWithin(path, root))];
}

interface Recalled {
  readonly remembered: readonly Discovered[];
  readonly fault?: string;
}

/** What cannot be read now was not forgotten: such a client stays one, as long as it is known. */
export async function recall(
  stateDirectory: string,
  files: OwnFiles,
  known: readonly Discovered[],
): Promise<Recalled> {
  const faultOf = (why: string): string =>
    `cannot read in ${stateDirectory} what was discovered before: ${why}`;
  try {
    const { clients, unread } = await loadDiscovered(stateDirectory, files);
    const [why] = unread.values();
    const kept = known.filter(({ name }) => unread.has(name));
    return {
      remembered: [...clients, ...kept],
      ...(why !== undefined && { fault: faultOf(why) }),
    };
  } catch (error) {
    return { remembered: known, fault: faultOf(errorMessage(error)) };
  }
}

/**
 * The real paths of sources, which may lead to what the glob names, also through links below it. One that hangs is taken as it is
 * written.
 */
async function resolveSources(
  context: Needs,
  sources: readonly string[],
): Promise<DiscoveryFacts['realPaths']> {
  const { stop: signal } = context.signals;
  const pairs = sources.map(async (path) => {
    const real = await callsIn(context, path)
      .call('realPath', { signal })
      .catch(() => path);
    return [path, real] as const;
  });
  return (await Promise.all(pairs)).filter(([path, real]) => path !== real);
}

function callsIn({ pool }: Needs, root: string): FileCalls {
  return new FileCalls({ pool, root, role: 'source', silenceMs: SILENCE_MS });
}

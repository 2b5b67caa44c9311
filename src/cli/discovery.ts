import type { Discovered, DiscoveryFacts } from '../config/discover/facts.ts';
import { loadRead } from '../config/load.ts';
import { DAEMON_FILE } from '../config/parse.ts';
import type { ReadResult } from '../config/read-files.ts';
import type { OwnFiles } from '../files/own-files.ts';
import { errorMessage } from '../runtime/system-error.ts';
import { loadDiscovered } from '../state/discovered-clients.ts';
import type { Context } from './context.ts';
import { callsIn, searchDirectories, type FindHung } from './search-directories.ts';

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
  readonly findHung?: FindHung;
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
  if (!saysDiscover(read, root)) return read;
  const { config, sources } = loadRead(read, root);
  if (config?.discover === undefined) return read;
  const { discover } = config;
  const { stateDirectory = config.stateDirectory } = rest;
  const hung = (await findHung?.([discover.glob.root, ...sources])) ?? [];
  const isHung = hung.includes(discover.glob.root);
  const searched = await searchDirectories(context, discover, { isHung, findHung });
  const recalled = await recall(stateDirectory, stateFiles(stateDirectory), known);
  const able = sources.filter((path) => !hung.includes(path));
  const realSources = await resolveSources(context, able);
  const faults = [...searched.faults, ...(recalled.fault === undefined ? [] : [recalled.fault])];
  const discovery: DiscoveryFacts = {
    found: searched.found,
    remembered: recalled.remembered,
    realPaths: [[discover.glob.root, searched.real], ...realSources],
    ...(searched.isCut && { isCut: true }),
    ...(faults.length > 0 && { fault: faults.join('; ') }),
  };
  return { ...read, discovery };
}

/** Checks one file, because a daemon asks every minute, and checking the files of two hundred clients takes half a second. */
function saysDiscover(read: ReadResult, root: string): boolean {
  const own = read.files.filter(({ path }) => path === DAEMON_FILE);
  return loadRead({ ...read, files: own }, root).config?.discover !== undefined;
}

interface Recalled {
  readonly remembered: readonly Discovered[];
  readonly fault?: string;
}

/** The clients that were discovered before. If the records cannot be read now, the known ones stay clients. */
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

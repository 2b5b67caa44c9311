import type { FoundDirectory } from '../config/discover/facts.ts';
import { pathBelow, STAR } from '../config/discover/glob.ts';
import type { DiscoverConfig } from '../config/types.ts';
import { FileCalls } from '../locations/directory/io/file-calls.ts';
import { isAbort } from '../runtime/abort.ts';
import { SyncdError } from '../runtime/errors.ts';
import { readMounts } from '../runtime/mounts.ts';
import { errorMessage } from '../runtime/system-error.ts';
import type { Context } from './context.ts';

/** How many entries of directories are checked: a user of the server can make any number of them. */
const MOST_ENTRIES = 2_000;
/** How long a directory may take to respond, in milliseconds. */
const SILENCE_MS = 5_000;
const HANGS = 'it does not respond; check its mount';

type Needs = Pick<Context, 'pool' | 'signals'>;

/** Finds out in other processes which of these paths hang. */
export type FindHung = (paths: readonly string[]) => Promise<readonly string[]>;

interface Searched {
  readonly found: readonly FoundDirectory[];
  /** there are more entries than were checked */
  readonly isCut: boolean;
  /** why something could not be searched, and what to do */
  readonly faults: readonly string[];
}

/**
 * Searches the directories that a glob names for repositories. A mount that hangs there hides only what is on it, and keeps no thread
 * of the file system that it is mounted on: a command leaves it out, and a daemon searches each mount in threads of its own.
 *
 * @param isHung the root of the glob hangs
 * @param findHung absent in a daemon
 */
export async function searchDirectories(
  context: Needs,
  { glob: { root, parts } }: DiscoverConfig,
  { isHung, findHung }: { readonly isHung: boolean; readonly findHung?: FindHung | undefined },
): Promise<Searched & { readonly real: string }> {
  const real = isHung ? failed(root, HANGS) : await realPathOf(context, root);
  if (typeof real !== 'string') return { ...real, real: root };
  const points = readMounts().map(({ point }) => point);
  const mounted = mountedEntries(points, { root: real, parts });
  const apart = findHung === undefined ? mounted : await hungBelow(real, mounted, findHung);
  const searches = apart.map((at) => {
    const [path, shown] = [pathBelow(real, at), pathBelow(root, at)];
    if (findHung !== undefined) return failed(shown, HANGS);
    const below = { parts: parts.slice(at.split('/').length), apart: pathsBelow(at, apart) };
    return search(context, { path, shown, isEntry: true, ...below });
  });
  const whole = search(context, { path: root, shown: root, isEntry: false, parts, apart });
  const all = await Promise.all([whole, ...searches]);
  return {
    real,
    found: all.flatMap(({ found }) => found),
    isCut: all.some(({ isCut }) => isCut),
    faults: all.flatMap(({ faults }) => faults),
  };
}

async function hungBelow(
  root: string,
  paths: readonly string[],
  findHung: FindHung,
): Promise<string[]> {
  if (paths.length === 0) return [];
  const hung = await findHung(paths.map((path) => pathBelow(root, path)));
  return paths.filter((path) => hung.includes(pathBelow(root, path)));
}

/** The mounts among the directories that a glob names, and above these, by their paths below its root. Pure. */
export function mountedEntries(
  points: readonly string[],
  { root, parts }: { readonly root: string; readonly parts: readonly string[] },
): string[] {
  const prefix = pathBelow(root, '');
  const paths = points
    .filter((point) => point.startsWith(prefix) && point !== prefix)
    .map((point) => point.slice(prefix.length));
  return [...new Set(paths)].filter((path) => {
    const names = path.split('/');
    return (
      names.length <= parts.length &&
      names.every((name, i) => (parts[i] === STAR ? !name.startsWith('.') : parts[i] === name))
    );
  });
}

function pathsBelow(directory: string, paths: readonly string[]): string[] {
  const prefix = `${directory}/`;
  return paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
}

interface Part {
  readonly path: string;
  /** the same path, as the configuration writes it */
  readonly shown: string;
  readonly parts: readonly string[];
  readonly apart: readonly string[];
  /** it is one of the directories that the glob names, or above one */
  readonly isEntry: boolean;
}

async function search(
  context: Needs,
  { path: root, shown, parts, apart, isEntry }: Part,
): Promise<Searched> {
  try {
    const { stop: signal } = context.signals;
    const limits = { most: MOST_ENTRIES, apart, isEntry };
    const calls = callsIn(context, root);
    const { found, isCut } = await calls.call('repositories', { signal }, parts, limits);
    const named = found.map(({ path, ...rest }) => ({
      ...rest,
      directory: path === '' ? shown : pathBelow(shown, path),
    }));
    return { found: named, isCut, faults: [] };
  } catch (error) {
    return failed(shown, inWords(error));
  }
}

async function realPathOf(context: Needs, root: string): Promise<string | Searched> {
  try {
    return await callsIn(context, root).call('realPath', { signal: context.signals.stop });
  } catch (error) {
    return failed(root, inWords(error));
  }
}

function inWords(error: unknown): string {
  if (isAbort(error)) throw error;
  const hint = error instanceof SyncdError ? error.hint : undefined;
  return `${errorMessage(error)}${hint === undefined ? '' : `; ${hint}`}`;
}

function failed(directory: string, why: string): Searched {
  const fault = `cannot look for repositories in ${directory}: ${why}`;
  return { found: [], isCut: false, faults: [fault] };
}

/** @param root also a path in a mount that hangs: the calls are made in threads of its own */
export function callsIn({ pool }: Needs, root: string): FileCalls {
  return new FileCalls({ pool, root, role: 'source', silenceMs: SILENCE_MS });
}

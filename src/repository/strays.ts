import { isLeftover } from './leftovers.ts';

/** Files beside the objects whose names are neither those of objects nor of temporary files. */
export interface Foreign {
  readonly count: number;
  /** paths of the first ones */
  readonly names: readonly string[];
}

export const NO_FOREIGN: Foreign = { count: 0, names: [] };

/** How many names are kept. */
const MOST_NAMES = 20;

/** Temporary files of restic (`ID-tmp-1`), rest-server, rclone and rsync begin with the name of the object. */
const TEMPORARY = /^\.?(?:[0-9a-f]{64}|config)[-.]/;

/** Whether a name in a directory of objects is that of a temporary file of a tool, or of a file of an operating system. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name) || isLeftover(name);
}

export function addForeign(parts: readonly Foreign[]): Foreign {
  const filled = parts.filter(({ count }) => count > 0);
  if (filled.length === 0) return NO_FOREIGN;
  return {
    count: filled.reduce((sum, { count }) => sum + count, 0),
    names: filled.flatMap(({ names }) => names).slice(0, MOST_NAMES),
  };
}

/** The entries of a directory that are no objects. */
export function foreignAmong(directory: string, names: readonly string[]): Foreign {
  const foreign = names.filter((name) => !isTemporary(name));
  if (foreign.length === 0) return NO_FOREIGN;
  const kept = foreign
    .slice(0, MOST_NAMES)
    .map((name) => [directory, name].filter(Boolean).join('/'));
  return { count: foreign.length, names: kept };
}

/** The names that belong at the root of a place. Early versions of restic made `tmp`. */
const AT_ROOT: ReadonlySet<string> = new Set([
  ...['config', 'data', 'index', 'keys', 'locks', 'snapshots', 'tmp', '.backup-syncd'],
]);
const SHARD = /^[0-9a-f]{2}$/;

/** The entries at the root and in `data/` beside the directories of objects. Pure. */
export function foreignBeside(root: readonly string[], data: readonly string[]): Foreign {
  return addForeign([
    foreignAmong(
      '',
      root.filter((name) => !AT_ROOT.has(name)),
    ),
    foreignAmong(
      'data',
      data.filter((name) => !SHARD.test(name)),
    ),
  ]);
}

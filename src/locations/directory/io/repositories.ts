import { opendirSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import { errorCode } from '../../../runtime/system-error.ts';
import { countObject } from '../../../threads/progress.ts';
import { parentOf, type OpenPlace } from './open-place.ts';

/** Directories that look like repositories, by their path below a place. */
export interface FoundRepositories {
  /** the place itself, without links */
  readonly real: string;
  readonly found: readonly FoundRepository[];
  /** there are more entries than were checked */
  readonly isCut: boolean;
}

interface FoundRepository {
  readonly path: string;
  readonly is: 'repository' | 'link' | 'denied';
  /** of a repository: when its `config` was last changed, in milliseconds; no user of a server can set this time */
  readonly changedAt?: number;
  /** of a link: the path that it names, which is not checked */
  readonly target?: string;
}

interface WalkLimits {
  /** how many entries are checked */
  readonly most: number;
  /** paths that are not searched: they are mounts, and may hang */
  readonly apart: readonly string[];
  /** the place is itself an entry of a directory that was searched, and may be a repository */
  readonly isEntry?: boolean;
}

/** The directories of every repository, beside the file `config`. */
const DIRECTORIES = ['keys', 'snapshots', 'data'];
/** Only our own replicas contain it. */
const OWN = '.backup-syncd';
const DENIED = new Set(['EACCES', 'EPERM']);
/** The errors of an entry that became something else during the check. */
const CHANGED = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL']);
/** The root directory of many file systems has it, and only root may read it. */
const NO_REPOSITORY = 'lost+found';

/**
 * Looks for repositories. One that is found higher up is reported, too, and none is searched for in it. Links are never followed, and
 * no file is opened.
 *
 * @param parts of their path below the place: `*` for any name, or a name
 */
export function repositories(
  place: OpenPlace,
  parts: readonly string[],
  limits: WalkLimits,
): FoundRepositories {
  const real = realpathSync(place.root);
  const walk = new Walk(place, { ...limits, real });
  if (limits.isEntry === true) walk.visitEntry(parts);
  else walk.visit('', parts);
  return { real, found: walk.found, isCut: walk.isCut };
}

/** The place itself, without links. */
export function realPath(place: OpenPlace): string {
  return realpathSync(place.root);
}

class Walk {
  readonly found: FoundRepository[] = [];
  isCut = false;
  private readonly place: OpenPlace;
  private readonly real: string;
  private readonly apart: ReadonlySet<string>;
  private left: number;

  constructor(place: OpenPlace, { real, most, apart }: WalkLimits & { readonly real: string }) {
    this.place = place;
    this.real = real;
    this.apart = new Set(apart);
    this.left = most;
  }

  visit(directory: string, [part, ...below]: readonly string[]): void {
    const names = part === '*' ? this.names(directory) : [part ?? ''];
    for (const name of names.filter((each) => each !== NO_REPOSITORY)) {
      const path = pathTo(directory, name);
      if (!this.apart.has(path)) this.check(path, below, () => this.look(path, below));
    }
  }

  /** The place itself. */
  visitEntry(below: readonly string[]): void {
    this.check('', below, () => this.enter('', below));
  }

  private check(path: string, below: readonly string[], action: () => void): void {
    countObject(); // many entries of a slow disk are no silence
    try {
      action();
    } catch (error) {
      if (CHANGED.has(errorCode(error))) return;
      if (!DENIED.has(errorCode(error))) throw error;
      this.found.push({ path: below.reduce(pathTo, path), is: 'denied' });
    }
  }

  private look(path: string, below: readonly string[]): void {
    const stat = this.place.lstat(path);
    if (stat?.isSymbolicLink() === true && below.length === 0) this.noteLink(path);
    if (stat?.isDirectory() === true) this.enter(path, below);
  }

  private enter(path: string, below: readonly string[]): void {
    const config = this.configOf(path);
    if (config !== undefined)
      this.found.push({ path, is: 'repository', changedAt: config.ctimeMs });
    else if (below.length > 0) this.visit(path, below);
  }

  /** The status of the `config` of a repository; undefined if this is no repository. */
  private configOf(path: string): Stats | undefined {
    const config = this.place.lstat(pathTo(path, 'config'));
    const isRepository =
      config?.isFile() === true &&
      DIRECTORIES.every((name) => this.place.lstat(pathTo(path, name))?.isDirectory()) &&
      this.place.lstat(pathTo(path, OWN)) === undefined;
    return isRepository ? config : undefined;
  }

  /** Records a link without following it: its target may hang, or belong to someone else. People see it, and decide. */
  private noteLink(path: string): void {
    const target = resolve(this.real, parentOf(path), readlinkSync(this.place.at(path)));
    this.found.push({ path, is: 'link', target });
  }

  /** Sorted, without hidden ones; not more than may still be checked. */
  private names(directory: string): string[] {
    const names: string[] = [];
    const open = opendirSync(this.place.directory(directory));
    try {
      for (let entry = open.readSync(); entry !== null; entry = open.readSync()) {
        if (entry.name.startsWith('.')) continue;
        if (this.left === 0) {
          this.isCut = true;
          break;
        }
        this.left--;
        names.push(entry.name);
      }
    } finally {
      open.closeSync();
    }
    return names.sort();
  }
}

function pathTo(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

import type { ResticEntry } from '../../restic/entries.ts';
import type { Random } from './random.ts';
import type { RestoreCheckSettings } from './settings.ts';

export interface ChosenFile {
  /** absolute in the snapshot */
  readonly path: string;
  readonly size: number;
}

/** The content of a required path in a snapshot. */
export interface RequiredPath {
  /** absolute in the snapshot */
  readonly path: string;
  readonly isThere: boolean;
  readonly bytes: number;
  /** of its newest file; undefined if it has none */
  readonly newestMtime: number | undefined;
}

export interface Choice {
  /** to be compared one by one */
  readonly files: readonly ChosenFile[];
  readonly required: readonly RequiredPath[];
  /** what restic restores, by path, with everything below; undefined: the whole snapshot */
  readonly include: readonly string[] | undefined;
  /** about what is restored */
  readonly bytes: number;
  /** the files that are restored, also those that are not compared one by one */
  readonly fileCount: number;
  /** files whose names are not UTF-8, which cannot be asked for by name */
  readonly unnamed: number;
  /** in the whole snapshot */
  readonly total: { readonly files: number; readonly bytes: number };
}

type Wanted = Pick<RestoreCheckSettings, 'require' | 'sample' | 'isFull' | 'maxBytes'>;

/** How many files are compared one by one, which bounds the memory. */
export const MOST_FILES = 50_000;
/** The limit for the arguments of a process in total, in characters. */
const MOST_ARGUMENTS = 256 * 1024;

/**
 * Chooses files while a snapshot is listed. It keeps a bounded number, however many there are: those below required paths, and a
 * uniform sample of the others (a reservoir). Pure, except for the numbers that it takes from `random`.
 */
export class FileChooser {
  private readonly wanted: Wanted;
  private readonly random: Random;
  private readonly required: Required[];
  private readonly kept: ChosenFile[] = [];
  private readonly reservoir: ChosenFile[] = [];
  private seen = 0;
  private unnamed = 0;
  private files = 0;
  private bytes = 0;
  private keptCount = 0;
  private keptBytes = 0;

  constructor(wanted: Wanted, random: Random) {
    this.wanted = wanted;
    this.random = random;
    this.required = wanted.require.map((path) => new Required(`/${path}`));
  }

  add({ type, path, size, mtime }: ResticEntry): void {
    if (type === 'file') {
      this.files += 1;
      this.bytes += size;
    }
    if (path === undefined) {
      if (type === 'file') this.unnamed += 1;
      return;
    }
    const owners = this.required.filter((required) => required.covers(path));
    for (const owner of owners) owner.add(type, size, mtime);
    if (type !== 'file') return;
    if (owners.length > 0 || this.wanted.isFull) this.keep({ path, size });
    else if (size <= this.wanted.maxBytes) this.draw({ path, size });
  }

  choice(): Choice {
    const { isFull, maxBytes } = this.wanted;
    const required = this.required.map((each) => each.found());
    const base = {
      required,
      unnamed: this.unnamed,
      total: { files: this.files, bytes: this.bytes },
    };
    if (isFull) {
      const all = { fileCount: this.files, bytes: this.bytes, include: undefined };
      return { ...base, ...all, files: this.kept };
    }
    const there = required.filter(({ isThere }) => isThere).map(({ path }) => path);
    const sample = this.fitting(maxBytes - this.keptBytes, MOST_ARGUMENTS - lengthOf(there));
    return {
      ...base,
      files: [...this.kept, ...sample],
      fileCount: this.keptCount + sample.length,
      bytes: this.keptBytes + sample.reduce((sum, { size }) => sum + size, 0),
      include: [...there, ...sample.map(({ path }) => path)],
    };
  }

  private keep(file: ChosenFile): void {
    this.keptCount += 1;
    this.keptBytes += file.size;
    if (this.kept.length < MOST_FILES) this.kept.push(file);
  }

  /** Each file that was drawn so far is in the reservoir with the same probability (algorithm R). */
  private draw(file: ChosenFile): void {
    this.seen += 1;
    const at =
      this.seen <= this.wanted.sample ? this.seen - 1 : Math.floor(this.random() * this.seen);
    if (at < this.wanted.sample) this.reservoir[at] = file;
  }

  /** The part of the sample that fits. */
  private fitting(bytes: number, characters: number): ChosenFile[] {
    let [bytesLeft, charactersLeft] = [bytes, characters];
    return this.reservoir.filter(({ path, size }) => {
      if (size > bytesLeft || path.length > charactersLeft) return false;
      bytesLeft -= size;
      charactersLeft -= path.length;
      return true;
    });
  }
}

/** Collects the content of one required path. */
class Required {
  private readonly path: string;
  private isThere = false;
  private bytes = 0;
  private newestMtime: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  covers(path: string): boolean {
    return path === this.path || path.startsWith(`${this.path}/`);
  }

  add(type: ResticEntry['type'], size: number, mtime: number | undefined): void {
    this.isThere = true;
    this.bytes += size;
    if (type === 'file' && mtime !== undefined)
      this.newestMtime = Math.max(this.newestMtime ?? mtime, mtime);
  }

  found(): RequiredPath {
    const { path, isThere, bytes, newestMtime } = this;
    return { path, isThere, bytes, newestMtime };
  }
}

function lengthOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + path.length, 0);
}

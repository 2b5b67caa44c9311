import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import { treeOf } from './tree.ts';

/** One file that is put into a place. */
export interface Planted {
  /** below the place */
  readonly path: string;
  readonly what:
    | { readonly type: 'file'; readonly content: string | Uint8Array; readonly mtimeMs: number }
    | { readonly type: 'directory' }
    | { readonly type: 'symlink'; readonly to: string }
    | { readonly type: 'hard link'; readonly to: string };
}

/** Where links lead, from a directory of a place: what must never change. */
export const VICTIMS = ['source', 'sibling', 'elsewhere', 'source/config', 'elsewhere/notes'];

type Files = Readonly<Record<string, Buffer>>;

/**
 * A source, a replica of another client, the place of a backend and some other files, side by side, as on many a backup server.
 */
export class Surroundings {
  readonly around: string;
  private outside: ReadonlyMap<string, string> = new Map();
  private readonly mayChange: readonly string[];

  /** @param mayChange directories below `around` that may be written to */
  constructor(parent: string, repository: Files, mayChange: readonly string[]) {
    this.around = mkdtempSync(join(parent, 'around-'));
    this.mayChange = mayChange;
    const notes = { 'elsewhere/notes': Buffer.from('mine'), config: Buffer.from('of nobody') };
    const copies = ['source', 'sibling', 'place'].flatMap((copy) =>
      Object.entries(repository).map(([path, content]) => [`${copy}/${path}`, content] as const),
    );
    const marker = { 'sibling/.backup-syncd/backend.json': Buffer.from('{}') };
    const files = { ...Object.fromEntries(copies), ...notes, ...marker };
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(this.at(path)), { recursive: true });
      writeFileSync(this.at(path), content);
    }
    symlinkSync('source', this.at('link'));
  }

  at(path: string): string {
    return join(this.around, path);
  }

  /** Puts things below a directory; never through a link that was put there before. What does not fit is left out. */
  plant(directory: string, planted: readonly Planted[]): void {
    for (const { path, what } of planted) {
      const target = join(this.at(directory), path);
      try {
        if (this.isBelowLink(directory, path)) continue;
        this.put(target, what);
      } catch {
        continue; // its name is too long, or a file stands where a directory should
      }
    }
    this.outside = this.look();
  }

  /** Fails unless everything is as it was, outside of what may change. */
  expectUntouched(): void {
    expect(this.look()).toEqual(this.outside);
  }

  private put(target: string, what: Planted['what']): void {
    mkdirSync(dirname(target), { recursive: true });
    rmSync(target, { recursive: true, force: true });
    if (what.type === 'directory') mkdirSync(target);
    if (what.type === 'symlink') symlinkSync(this.at(what.to), target);
    if (what.type === 'hard link') linkSync(this.at(what.to), target);
    if (what.type === 'file') {
      writeFileSync(target, what.content);
      utimesSync(target, what.mtimeMs / 1000, what.mtimeMs / 1000);
    }
  }

  private isBelowLink(directory: string, path: string): boolean {
    const parts = path.split('/');
    return parts.some((_, n) => {
      const above = join(this.at(directory), ...parts.slice(0, n));
      return lstatSync(above, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    });
  }

  private look(): ReadonlyMap<string, string> {
    const isInside = (path: string) =>
      this.mayChange.some((open) => path === open || path.startsWith(`${open}/`));
    return new Map([...treeOf(this.around)].filter(([path]) => !isInside(path)));
  }
}

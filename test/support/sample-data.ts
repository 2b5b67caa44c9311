import {
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type TreeOptions = {
  readonly seed?: number;
  readonly files?: number;
  readonly maxFileBytes?: number;
};

/**
 * Fills a directory with files of pseudo-random content, the same for the same options: nested directories, an empty
 * file, an executable one, names with spaces and other scripts, a symbolic link. Made if it does not exist.
 */
export function createTree(
  directory: string,
  { seed = 1, files = 24, maxFileBytes = 64 * 1024 }: TreeOptions = {},
): void {
  const random = createRandom(seed);
  for (let number = 0; number < files; number += 1) {
    const depth = Math.floor(random() * 3);
    const folders = Array.from({ length: depth }, () => `folder-${Math.floor(random() * 4)}`);
    const path = join(directory, ...folders, `file-${number}.bin`);
    write(path, randomBytes(random, Math.floor(random() * maxFileBytes)));
  }
  write(join(directory, 'empty'), new Uint8Array());
  write(join(directory, 'Ünïcode и пробел.txt'), randomBytes(random, 100));
  write(join(directory, 'script.sh'), randomBytes(random, 200));
  chmodSync(join(directory, 'script.sh'), 0o750);
  symlinkSync('script.sh', join(directory, 'link'));
}

/** Changes, adds and removes some files of a tree: other ones for another seed. */
export function changeTree(
  directory: string,
  { seed = 2, files = 6, maxFileBytes = 64 * 1024 }: TreeOptions = {},
): void {
  const random = createRandom(seed);
  const present = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.bin'))
    .sort();
  for (let number = 0; number < files; number += 1) {
    const [victim] = present.splice(Math.floor(random() * present.length), 1);
    const content = randomBytes(random, 1 + Math.floor(random() * maxFileBytes));
    if (victim === undefined || number % 3 === 0) {
      write(join(directory, `added-${seed}-${number}.bin`), content);
    } else if (number % 3 === 1) {
      write(join(directory, victim), content);
    } else {
      unlinkSync(join(directory, victim));
    }
  }
}

/** Whether two trees have the same names, kinds, contents and modes. Times and owners may differ. */
export async function treesEqual(a: string, b: string): Promise<boolean> {
  return (await treeDifferences(a, b)).length === 0;
}

/** The differences between two trees, one line per path: `expect(await treeDifferences(a, b)).toEqual([])`. */
export async function treeDifferences(a: string, b: string): Promise<string[]> {
  const [inA, inB] = await Promise.all([listTree(a), listTree(b)]);
  const paths = [...new Set([...inA, ...inB])].sort();
  const differences = await Promise.all(
    paths.map(async (path) => {
      if (!inB.has(path)) return `${path}: only in ${a}`;
      if (!inA.has(path)) return `${path}: only in ${b}`;
      const [one, other] = await Promise.all([join(a, path), join(b, path)].map(describeEntry));
      return one !== undefined && other !== undefined ? compareEntries(path, one, other) : [];
    }),
  );
  return differences.flat();
}

type Entry = { kind: string; mode: number; content: Buffer };

function compareEntries(path: string, one: Entry, other: Entry): string[] {
  if (one.kind !== other.kind) return [`${path}: ${one.kind}, ${other.kind}`];
  if (one.mode !== other.mode) return [`${path}: mode ${octal(one.mode)}, ${octal(other.mode)}`];
  if (one.content.equals(other.content)) return [];
  return [`${path}: content differs (${one.content.length} and ${other.content.length} bytes)`];
}

async function describeEntry(path: string): Promise<Entry> {
  const stats = await lstat(path);
  const mode = stats.mode & 0o7777;
  if (stats.isDirectory()) return { kind: 'directory', mode, content: Buffer.alloc(0) };
  if (stats.isSymbolicLink()) {
    return { kind: 'link', mode, content: Buffer.from(await readlink(path)) };
  }
  if (stats.isFile()) return { kind: 'file', mode, content: await readFile(path) };
  return { kind: 'other', mode, content: Buffer.alloc(0) };
}

async function listTree(directory: string): Promise<Set<string>> {
  return new Set(await readdir(directory, { recursive: true }));
}

function write(path: string, content: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, content);
}

function octal(mode: number): string {
  return mode.toString(8);
}

/** mulberry32: numbers in [0, 1), the same for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomBytes(random: () => number, length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let index = 0; index < words.length; index += 1) words[index] = random() * 2 ** 32;
  return new Uint8Array(words.buffer, 0, length);
}

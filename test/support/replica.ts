import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { ResticRepository } from './restic.ts';
import type { Generation } from './tools.ts';

const HASHED = ['keys', 'data', 'index', 'snapshots'] as const;

/** Every file below a directory, in order; `locks/` and `.backup-syncd/` are left out. */
export function filesOf(root: string): string[] {
  return entriesOf(root)
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relativePath(root, entry))
    .filter((path) => !/^(locks|\.backup-syncd)\//.test(path))
    .sort();
}

/** Objects of a repository as `kind/…/id`, and `config`. */
export function objectsOf(root: string): string[] {
  return filesOf(root).filter((path) => path === 'config' || isObject(path));
}

/** Objects whose content is not what their name says; must be empty at every instant (I3). */
export function wrongObjects(root: string): string[] {
  return objectsOf(root).filter((path) => path !== 'config' && !isRight(join(root, path), path));
}

/** Files at a replica beside objects and the marker's directory. */
export function foreignFiles(root: string): string[] {
  return filesOf(root).filter((path) => path !== 'config' && !isObject(path));
}

/** The visible snapshots of a repository; none if it is not there yet. */
export function visibleSnapshots(root: string): string[] {
  return objectsOf(root).filter((path) => path.startsWith('snapshots/'));
}

/** `restic check` of a replica, without a lock. */
export async function checkReplica(
  path: string,
  generation: Generation,
  { readData = false } = {},
): Promise<{ ok: boolean; output: string }> {
  return ResticRepository.open({ generation, path, noLock: true }).check({ readData });
}

function isObject(path: string): boolean {
  const [kind, ...rest] = path.split('/');
  const id = rest.at(-1) ?? '';
  if (!(HASHED as readonly (string | undefined)[]).includes(kind) || !/^[0-9a-f]{64}$/.test(id)) {
    return false;
  }
  return kind === 'data' ? rest.length === 2 && rest[0] === id.slice(0, 2) : rest.length === 1;
}

function isRight(file: string, path: string): boolean {
  if (!lstatSync(file).isFile()) return false;
  return createHash('sha256').update(readFileSync(file)).digest('hex') === path.split('/').at(-1);
}

function entriesOf(root: string): Dirent[] {
  return readdirSync(root, { recursive: true, withFileTypes: true });
}

function relativePath(root: string, entry: Dirent): string {
  return join(entry.parentPath, entry.name).slice(root.length + 1);
}

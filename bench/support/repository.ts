import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { timeProgram } from './measure.ts';

/** Made-up repositories: the names and sizes of a real one, with nothing in it that restic could read. */

type Kind = 'data' | 'index' | 'keys' | 'snapshots';

export interface Amounts {
  readonly packs: number;
  readonly packBytes: number;
  readonly snapshots: number;
  readonly indexes: number;
}

/** Objects that are named by the SHA-256 of their content, as those of a repository that is copied must be. */
export function makeRepository(path: string, amounts: Amounts): void {
  makeFolders(path);
  writeFileSync(join(path, 'config'), randomBytes(155));
  addKey(path);
  addObjects(path, 'data', { count: amounts.packs, bytes: amounts.packBytes });
  addObjects(path, 'index', { count: amounts.indexes, bytes: 2_000 });
  addObjects(path, 'snapshots', { count: amounts.snapshots, bytes: 300 });
}

/**
 * Objects for listings only: random names, and all of them links to a few files, because a million files take minutes
 * to make.
 */
export function makeNames(path: string, amounts: Omit<Amounts, 'packBytes'>): void {
  makeFolders(path);
  writeFileSync(join(path, 'config'), randomBytes(155));
  addKey(path);
  const link = linker(path);
  for (let i = 0; i < amounts.packs; i++) link('data');
  for (let i = 0; i < amounts.indexes; i++) link('index');
  for (let i = 0; i < amounts.snapshots; i++) link('snapshots');
}

/** The same objects at another place, by hard links; but a `config` of its own, or the place is taken for the source. */
export async function cloneRepository(from: string, to: string): Promise<void> {
  mkdirSync(dirname(to), { recursive: true });
  await timeProgram('cp', ['-al', from, to]);
  rmSync(join(to, 'config'));
  copyFileSync(join(from, 'config'), join(to, 'config'));
}

export interface NewObjects {
  readonly packs: number;
  readonly packBytes: number;
}

/** What one backup adds: packs, one index and, last and by a rename, a snapshot. Answers the snapshot's id. */
export function addBackup(path: string, { packs, packBytes }: NewObjects): string {
  addObjects(path, 'data', { count: packs, bytes: packBytes });
  addObjects(path, 'index', { count: 1, bytes: 20_000 });
  return addSnapshot(path);
}

function addSnapshot(path: string): string {
  const content = randomBytes(300);
  const id = sha256(content);
  const temporary = join(path, 'tmp-snapshot');
  writeFileSync(temporary, content);
  renameSync(temporary, join(path, 'snapshots', id));
  return id;
}

/** A malformed one would be refused. */
function addKey(path: string): void {
  const [salt, data] = [64, 160].map((bytes) => randomBytes(bytes).toString('base64'));
  const content = JSON.stringify({ kdf: 'scrypt', N: 32_768, r: 8, p: 1, salt, data });
  writeFileSync(join(path, 'keys', sha256(Buffer.from(content))), content);
}

/** By rm, which is several times faster at a million files than Node. */
export function removeTree(path: string): void {
  spawnSync('rm', ['-rf', path]);
}

function makeFolders(path: string): void {
  for (const folder of ['keys', 'index', 'snapshots', 'locks']) {
    mkdirSync(join(path, folder), { recursive: true });
  }
  for (let shard = 0; shard < 256; shard++) {
    mkdirSync(join(path, 'data', shard.toString(16).padStart(2, '0')), { recursive: true });
  }
}

function addObjects(
  path: string,
  kind: Kind,
  { count, bytes }: { readonly count: number; readonly bytes: number },
): void {
  const content = randomBytes(bytes);
  for (let i = 0; i < count; i++) {
    randomBytes(Math.min(8, bytes)).copy(content); // the rest may repeat: no file system here compresses
    writeFileSync(fileOf(path, kind, sha256(content)), content);
  }
}

/** A file of ext4 has at most 65,000 links, and a repository is cloned twice. */
const LINKS = 20_000;

function linker(path: string): (kind: Kind) => void {
  let made = 0;
  let seed = '';
  return (kind) => {
    const file = fileOf(path, kind, randomBytes(32).toString('hex'));
    if (made++ % LINKS === 0) writeFileSync((seed = file), 'x');
    else linkSync(seed, file);
  };
}

function fileOf(path: string, kind: Kind, id: string): string {
  return kind === 'data' ? join(path, 'data', id.slice(0, 2), id) : join(path, kind, id);
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

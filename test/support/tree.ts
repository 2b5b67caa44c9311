import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The entries below a directory: by path, the type, mode and content of each, and the time of change of each file. Two that are
 * equal mean that nothing was written, made, moved or removed there in between.
 */
export function treeOf(root: string): ReadonlyMap<string, string> {
  return new Map([...pathsBelow(root)].sort().map((path) => [path, describe(join(root, path))]));
}

/** Follows no link, as the `recursive` of Node does: two links to a directory above them would lead to 2^40 paths. */
function* pathsBelow(root: string, directory = ''): Iterable<string> {
  for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
    const path = join(directory, entry.name);
    yield path;
    if (entry.isDirectory()) yield* pathsBelow(root, path);
  }
}

function describe(path: string): string {
  const stat = lstatSync(path);
  const mode = (stat.mode & 0o7777).toString(8);
  if (stat.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  if (stat.isDirectory()) return `directory ${mode}`;
  if (!stat.isFile()) return `special ${mode}`;
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
  return `file ${mode} ${stat.size} ${stat.mtimeMs} ${hash}`;
}

/** The paths of all packs of a repository. */
export function packsOf(repository: string): string[] {
  const entries = readdirSync(join(repository, 'data'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

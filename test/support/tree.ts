import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What stands below a directory: by path, the type, mode and content of each entry, and the time of change of each file.
 * Two that are equal mean that nothing was written, made, moved or removed there in between.
 */
export function treeOf(root: string): ReadonlyMap<string, string> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(paths.map((path) => [path, describe(join(root, path))]));
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

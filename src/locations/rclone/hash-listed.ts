import type { Catalogue } from '../../repository/catalogue.ts';
import { objectPath, type HashedKind } from '../../repository/names.ts';
import type { CallOptions, Receipt } from '../location.ts';
import { receiptOf } from '../receipts.ts';
import { hashListed as command, listOf } from './arguments.ts';
import type { Rclone } from './rclone.ts';

interface Hashed {
  readonly root: string;
  /** below it */
  readonly paths: readonly string[];
}

/**
 * SHA-256 of files at a remote, of the content itself, because a hash stored at the remote may be older than the damage; undefined
 * for what is not there.
 */
export async function hashListed(
  rclone: Rclone,
  { root, paths }: Hashed,
  { signal }: CallOptions,
): Promise<(string | undefined)[]> {
  if (paths.length === 0) return []; // an empty list means everything to rclone (I7)
  const found = new Map<string, string>();
  await rclone.must(command(root), {
    signal,
    input: listOf(paths),
    onLine: (line) => {
      const [, hash = '', path = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      if (path !== '') found.set(path, hash);
    },
  });
  return paths.map((path) => found.get(path));
}

/** Returns which objects below a root match their names. */
export async function verifyObjects(
  rclone: Rclone,
  {
    root,
    kind,
    objects,
  }: { readonly root: string; readonly kind: HashedKind; readonly objects: Catalogue },
  options: CallOptions,
): Promise<Receipt> {
  const entries = [...objects.entries()];
  const paths = entries.map(({ id }) => objectPath(kind, id));
  return receiptOf(entries, await hashListed(rclone, { root, paths }, options));
}

/**
 * The names of a restic repository's objects (invariant I1). `locks/*` is never an object: there is no way to express one.
 * Source: restic's doc/design.rst, "Repository Layout".
 */

/** Kinds whose objects are named by the SHA-256 of their content, in the order in which they are written. */
export const HASHED_KINDS = ['keys', 'data', 'index', 'snapshots'] as const;
export type HashedKind = (typeof HASHED_KINDS)[number];

export const KINDS = ['config', ...HASHED_KINDS] as const;
export type Kind = (typeof KINDS)[number];

const OBJECT_ID = /^[0-9a-f]{64}$/;

/** A SHA-256 in lower-case hexadecimal, as restic writes it. */
export function isObjectId(text: string): boolean {
  return OBJECT_ID.test(text);
}

/** Directory of an object below the repository's root. */
export function objectDirectory(kind: HashedKind, id: string): string {
  return kind === 'data' ? `data/${id.slice(0, 2)}` : kind;
}

/** Path of an object below the repository's root. */
export function objectPath(kind: HashedKind, id: string): string {
  return `${objectDirectory(kind, id)}/${id}`;
}

/** The path of an object that is written as `kind/id`: packs are below their first two digits. */
export function pathOf(name: string): string {
  return name.replace(/^data\/(..)/, 'data/$1/$1');
}

/** A hashed object by its kind and its id: it cannot name anything outside a repository, nor `config`. */
export interface ObjectName {
  readonly kind: HashedKind;
  readonly id: string;
}

/**
 * Parses the path of a hashed object, as `objectPath` writes it. This is the only way to get an object from a path that was read
 * from a place. Anything that is not exactly the path of an object, including `config`, is refused.
 *
 * @param path relative to the repository's root; may be untrusted
 */
export function parseObjectPath(path: string): ObjectName | undefined {
  const kind = HASHED_KINDS.find((candidate) => path.startsWith(`${candidate}/`));
  if (kind === undefined) return undefined;
  const id = path.slice(path.lastIndexOf('/') + 1);
  return isObjectId(id) && path === objectPath(kind, id) ? { kind, id } : undefined;
}

const DIRECTORY_OF_OBJECTS = /^(?:keys|index|snapshots|data(?:\/[0-9a-f]{2})?)$/;

/** Those of the refused names of a listing that stand for directories: links, behind which restic may keep any number of objects. */
export function linkedDirectories(refused: readonly string[]): string[] {
  return refused.filter((path) => DIRECTORY_OF_OBJECTS.test(path));
}

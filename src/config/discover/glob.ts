import { normalizePath } from '../../schema/values.ts';

/** Directories that have the same depth below one directory, such as `/srv/rest-server/*`. */
export interface Glob {
  /** as it was written, without superfluous slashes */
  readonly text: string;
  /** the directory above the first star; it may be a link */
  readonly root: string;
  /** below `root`: `*` for any name, or a name */
  readonly parts: readonly string[];
}

/** The star that stands for one whole name. */
export const STAR = '*';

/** A deeper glob would look at far too many directories. */
const MOST_PARTS = 4;

/** The glob, or what is wrong with the text. */
export function parseGlob(text: string): { value: Glob } | { wrong: string } {
  const normal = normalizePath(text);
  const all = normal.split('/').slice(1);
  const strange = all.find((part) => part !== STAR && /[*?[\]{}]/.test(part));
  if (strange !== undefined)
    return {
      wrong: `contains "${strange}": a * must stand alone between slashes, and there are no other patterns`,
    };
  if (/\p{Cc}/u.test(text)) return { wrong: 'contains a control character' };
  const at = all.indexOf(STAR);
  if (at < 0) return { wrong: `has no *; to find every repository in it, write ${normal}/*` };
  const parts = all.slice(at);
  if (parts.length > MOST_PARTS)
    return { wrong: `is too deep: at most ${MOST_PARTS} names may begin at the first *` };
  return { value: { text: normal, root: `/${all.slice(0, at).join('/')}`, parts } };
}

/** The path of a directory that was found, by its path below the root. */
export function pathBelow(root: string, relative: string): string {
  return `${root === '/' ? '' : root}/${relative}`;
}

/**
 * The parts of a path that match the stars of the glob, joined with "-": the name of the client. Undefined if the glob does not
 * match the path. As in a shell, a star does not match a name that begins with a dot.
 */
export function nameIn({ root, parts }: Glob, directory: string): string | undefined {
  const prefix = pathBelow(root, '');
  if (!directory.startsWith(prefix)) return undefined;
  const names = directory.slice(prefix.length).split('/');
  const matches =
    names.length === parts.length &&
    names.every((name, i) => (parts[i] === STAR ? /^[^.]/.test(name) : parts[i] === name));
  return matches ? names.filter((_, i) => parts[i] === STAR).join('-') : undefined;
}

import { EMPTY_CATALOGUE, minus, plus, type Catalogue } from '../../repository/catalogue.ts';
import { objectPath } from '../../repository/names.ts';

/** The lists for a script, as file names below the repository: `snapshots/ID`. */
export interface Changes {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * The snapshots that came and went at the source since the last success of a script and, if its place can be checked, those that
 * are missing there. Pure.
 *
 * @param told the snapshots at the source then; undefined before the first success
 * @param there the snapshots in the script's place; undefined if it cannot be checked
 */
export function findChanges(
  source: Catalogue,
  { told, there }: { readonly told: Catalogue | undefined; readonly there: Catalogue | undefined },
): Changes {
  const before = told ?? there ?? EMPTY_CATALOGUE;
  const fresh = minus(source, before);
  const added = there === undefined ? fresh : plus(fresh, minus(source, there));
  return { added: pathsOf(added), removed: pathsOf(minus(before, source)) };
}

function pathsOf(snapshots: Catalogue): string[] {
  return [...snapshots.entries()].map(({ id }) => objectPath('snapshots', id));
}

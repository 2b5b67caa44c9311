import { SyncdError } from '../../runtime/errors.ts';
import { permissionHint } from '../../runtime/permission-hint.ts';
import type { Role } from '../location.ts';
import { meaningOf, PERMISSION_CODES, type Meaning } from './errno-meanings.ts';
import { FileCallError } from './io/file-call-error.ts';

/**
 * Gives an error of a file-system call its reason and its hint. Aborts and classified errors pass unchanged.
 *
 * @param place the root of the location that made the call, and its role
 */
export function classify(error: unknown, place: { role: Role; root: string }): unknown {
  if (!(error instanceof FileCallError)) return error;
  const { code, path, refusal } = error.fault;
  const side = error.fault.side === 'source' ? 'source' : place.role;
  const meaning = meaningOf(code);
  if (meaning === undefined) return error;
  const where = path === '' ? place.root : path;
  const message = error.message.includes('/') ? error.message : `${error.message} '${where}'`;
  const root = side === place.role ? place.root : repositoryOf(where);
  const hint = PERMISSION_CODES.has(code)
    ? permissionHint({ root, path: where, refusal, side })
    : hintFor(meaning, { side, isRoot: where === root });
  const isPlaces = meaning.isOfThisMachine !== true;
  const reason = side === 'source' && isPlaces ? 'source_unavailable' : meaning.reason;
  return new SyncdError(reason, message, hint, error);
}

function hintFor(
  { hint, atSource = hint, ofRoot }: Meaning,
  { side, isRoot }: { readonly side: Role; readonly isRoot: boolean },
): string {
  if (isRoot && ofRoot !== undefined) return ofRoot;
  return side === 'source' ? atSource : hint;
}

/** A backend that copies from a source knows only the paths of the source's objects. */
function repositoryOf(object: string): string {
  return object.replace(/\/(?:config|(?:data\/[0-9a-f]{2}|keys|index|snapshots)\/[^/]+)$/, '');
}

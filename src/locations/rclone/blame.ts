import { SyncdError, type Reason } from '../../runtime/errors.ts';
import type { Role } from '../location.ts';

/** What is no more the source's than anybody's: the disk that objects are fetched to is full, or nothing answers. */
const ANYBODYS: ReadonlySet<Reason> = new Set(['timeout', 'no_space', 'source_unavailable']);

/** What fails at a source is not to be mended at a backend: it says so, with the same words and hint. Pure. */
export function blame<E>(error: E, role: Role): E | SyncdError {
  if (role !== 'source' || !(error instanceof SyncdError) || ANYBODYS.has(error.reason))
    return error;
  const { message, hint } = error;
  return new SyncdError('source_unavailable', message, {
    ...(hint !== undefined && { hint }),
    cause: error,
  });
}

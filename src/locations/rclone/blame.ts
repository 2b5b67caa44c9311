import { SyncdError, type Reason } from '../../runtime/errors.ts';
import type { Role } from '../location.ts';

/** Reasons that are not specific to the source: the disk that objects are fetched to is full, or nothing responds. */
const ANYBODYS: ReadonlySet<Reason> = new Set(['timeout', 'no_space', 'source_unavailable']);

/** Marks a failure at a source, which cannot be fixed at a backend, with the same message and hint. Pure. */
export function blame<E>(error: E, role: Role): E | SyncdError {
  if (role !== 'source' || !(error instanceof SyncdError) || ANYBODYS.has(error.reason))
    return error;
  const { message, hint } = error;
  return new SyncdError('source_unavailable', message, hint, error);
}

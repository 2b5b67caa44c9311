import type { Location } from '../locations/location.ts';
import { diagnoseSource, SourceProblem } from '../replication/source-problem.ts';
import { asSyncdError } from '../runtime/errors.ts';

/** Classifies an error of the source's location. */
export async function classify(
  error: unknown,
  source: Location,
  signal: AbortSignal,
): Promise<SourceProblem> {
  const {
    reason,
    message,
    hint = 'check the source, and what is between it and this machine',
  } = asSyncdError(error);
  if (reason === 'timeout') return new SourceProblem('timeout', message, hint, { cause: error });
  const found = await source.inspect({ signal }).catch(() => undefined);
  if (found !== undefined && found.root !== 'directory') return diagnoseSource(found, source.label);
  // for example too many open files, which is not the source's fault
  const reasonKept = reason === 'tool' || reason === 'internal' ? { reason } : {};
  return new SourceProblem('unreadable', message, hint, { cause: error, ...reasonKept });
}

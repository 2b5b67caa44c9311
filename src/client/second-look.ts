import type { Noticed, SourceHealth } from '../facts/source-health.ts';
import { SourceProblem } from '../replication/source-problem.ts';

/** The kind of a problem that one check does not prove; undefined for all others. Pure. */
export function noticedIn({ fault }: SourceProblem): Noticed['fault'] | undefined {
  return fault === 'emptied' || fault === 'different_repository' ? fault : undefined;
}

/**
 * Reports the source as `suspect` if the previous check did not find the same problem, because such a problem pages someone at
 * once. Pure.
 */
export function untilConfirmed(
  problem: SourceProblem,
  { noticed }: Pick<SourceHealth, 'noticed'>,
): SourceProblem {
  const fault = noticedIn(problem);
  if (fault === undefined || noticed?.fault === fault) return problem;
  const { message, hint = '' } = problem;
  return new SourceProblem('suspect', `${message}; the next check will confirm it`, hint, { cause: problem, reason: 'source_unavailable' });
}

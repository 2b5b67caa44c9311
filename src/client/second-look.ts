import type { Noticed, SourceHealth } from '../facts/source-health.ts';
import { SourceProblem } from '../replication/source-problem.ts';

/** What a problem is for which one look is no proof; undefined for all others. Pure. */
export function noticedIn({ fault }: SourceProblem): Noticed['fault'] | undefined {
  return fault === 'emptied' || fault === 'different_repository' ? fault : undefined;
}

/** The source as `suspect` where the look before did not find the same, as such a find pages somebody at once. Pure. */
export function untilConfirmed(
  problem: SourceProblem,
  { noticed }: Pick<SourceHealth, 'noticed'>,
): SourceProblem {
  const fault = noticedIn(problem);
  if (fault === undefined || noticed?.fault === fault) return problem;
  const { message, hint = '' } = problem;
  return new SourceProblem('suspect', `${message}; the next check will confirm it`, {
    ...{ hint, cause: problem },
    reason: 'source_unavailable',
  });
}

import { plural } from '../runtime/plural.ts';
import type { ClientFacts } from '../report/facts.ts';
import { SourceProblem } from '../replication/source-problem.ts';

/** A repository that had snapshots has none. Pure. */
export function emptiedProblem({ client, source }: ClientFacts, label: string): SourceProblem {
  const { count = 0 } = source.snapshots ?? {};
  const gone = count === 1 ? 'its only snapshot is gone' : `all ${count} are gone`;
  return new SourceProblem('emptied', `${label} has no snapshot any more: ${gone}`, {
    hint: `find out who removed them, and let nobody run 'restic prune' there until you know; the backends keep what was complete. If it was meant, run: backup-syncd ack ${client} --reason TEXT`,
  });
}

/** Nothing is left where there was a repository with so many snapshots, as beneath a disk that is not mounted. Pure. */
export function emptyProblem(count: number, label: string): SourceProblem {
  const had = plural(count, 'snapshot');
  return new SourceProblem('empty', `${label} is empty; when it was last seen, it held ${had}`, {
    hint: "is its disk mounted? else find out who emptied it, and do not run 'restic init' there: that makes a repository that can read no old backup",
  });
}

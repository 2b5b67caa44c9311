import { plural } from '../runtime/plural.ts';
import type { ClientFacts } from '../facts/facts.ts';
import { SourceProblem } from '../replication/source-problem.ts';

/** The problem of a repository that had snapshots and has none. Pure. */
export function emptiedProblem({ client, source }: ClientFacts, label: string): SourceProblem {
  const { count = 0 } = source.contents.snapshots ?? {};
  const gone = count === 1 ? 'its only snapshot is gone' : `all ${count} are gone`;
  return new SourceProblem('emptied', `${label} no longer has any snapshots: ${gone}`, `find out who removed them, and do not let anyone run 'restic prune' there until you know. The backends keep what was complete. If someone removed them on purpose, run: backup-syncd ack ${client} --reason TEXT`);
}

/** The problem of an empty place that had a repository with so many snapshots, such as an unmounted mount point. Pure. */
export function emptyProblem(count: number, label: string): SourceProblem {
  const had = plural(count, 'snapshot');
  return new SourceProblem('empty', `${label} is empty; it last held ${had}`, "is its disk mounted? If it is, find out who emptied it. Do not run 'restic init' there: the new repository could not read any old backup");
}

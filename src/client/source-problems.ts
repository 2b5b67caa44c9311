import type { ClientFacts } from '../facts/facts.ts';
import type { FactStore } from '../facts/fact-store.ts';
import type { Noticed, SourceHealth } from '../facts/source-health.ts';
import type { Location } from '../locations/location.ts';
import { causeOf } from '../replication/same-keys.ts';
import { diagnoseSource, SourceProblem } from '../replication/source-problem.ts';
import type { TakenView } from '../replication/take-view.ts';
import { namesToSet } from '../repository/catalogue.ts';
import type { View } from '../repository/view.ts';
import { asSyncdError } from '../runtime/errors.ts';
import { plural } from '../runtime/plural.ts';

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

interface Known {
  readonly store: FactStore;
  readonly source: Location;
  /** whether the operator accepted a `config` with this SHA-256 at a backend */
  readonly isAccepted: (configSha256: string, signal: AbortSignal) => Promise<boolean>;
}

/** Refuses a view of another repository than before, unless the operator accepted its `config`. */
export async function requireSameRepository(
  view: View,
  { store, source, isAccepted }: Known,
  signal: AbortSignal,
): Promise<void> {
  const { configSha256: known } = store.source.contents;
  if (known === undefined || known === view.configSha256) return;
  if (await isAccepted(view.configSha256, signal)) return;
  throw configProblem(view, store.facts, source.label);
}

/** If there were snapshots, there must be some, unless a person accepted that there are none. */
export function requireSnapshots(
  { view, refused }: Pick<TakenView, 'view' | 'refused'>,
  { store, source }: Pick<Known, 'store' | 'source'>,
): void {
  const { snapshots: known } = store.source.contents;
  const { noticed } = store.source.health;
  if (view.objects.snapshots.count > 0 || known === undefined || known.count === 0) return;
  if (noticed?.isAccepted !== true) throw emptiedProblem(store.facts, source.label, refused);
}

/** The problem of a source whose `config` is not the remembered one: it was changed, or this is a different repository. Pure. */
function configProblem(
  { listedKeys, objects }: View,
  { client, source, backends }: ClientFacts,
  label: string,
): SourceProblem {
  const known = namesToSet(source.contents.acceptedKeys ?? []);
  const cause = causeOf(listedKeys ?? objects.keys, known);
  if (cause === 'config_changed')
    return new SourceProblem(
      cause,
      `the config of ${label} has changed but its keys have not, as after 'restic migrate'`,
      `if someone ran 'restic migrate', accept the new config for each backend (${[...backends.keys()].join(', ')}): backup-syncd backend accept-config ${client} BACKEND`,
    );
  return new SourceProblem(
    cause,
    `${label} is a different repository than before: its config and its keys have changed`,
    "find out who ran 'restic init' there again, or replaced the repository. Do not accept it: the replicas hold the only readable old backups. Put the old repository back, or keep the replicas and give the new repository new places",
  );
}

/** The problem of a repository that had snapshots and has none. Pure. */
function emptiedProblem(
  { client, source }: ClientFacts,
  label: string,
  refused: readonly string[],
): SourceProblem {
  const { count = 0 } = source.contents.snapshots ?? {};
  const gone = count === 1 ? 'its only snapshot is gone' : `all ${count} are gone`;
  const link = refused.includes('snapshots')
    ? '; snapshots is a symbolic link now, which is never followed'
    : '';
  return new SourceProblem(
    'emptied',
    `${label} no longer has any snapshots: ${gone}${link}`,
    `find out who removed them, and do not let anyone run 'restic prune' there until you know. The backends keep what was complete. If someone removed them on purpose, run: backup-syncd ack ${client} --reason TEXT`,
  );
}

/** The problem of an empty place that had a repository with so many snapshots, such as an unmounted mount point. Pure. */
export function emptyProblem(count: number, label: string): SourceProblem {
  const had = plural(count, 'snapshot');
  return new SourceProblem(
    'empty',
    `${label} is empty; it last held ${had}`,
    "is its disk mounted? If it is, find out who emptied it. Do not run 'restic init' there: the new repository could not read any old backup",
  );
}

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
  return new SourceProblem('suspect', `${message}; the next check will confirm it`, hint, {
    cause: problem,
    reason: 'source_unavailable',
  });
}

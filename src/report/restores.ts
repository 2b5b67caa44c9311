import type { ClientFacts } from '../facts/facts.ts';
import { restoreCheckCount, restoreCounts } from '../facts/restore-counts.ts';
import type { RestoreCheckFacts, RestoreCounts, Restores } from '../facts/restores.ts';
import { optional } from '../runtime/optional.ts';
import { formatAgo } from '../runtime/units.ts';
import type { Finding } from './finding.ts';
import type { BackendState, ClientReport, RestoresState, SourceState } from './types.ts';

/** The restore checks of a client by outcome; undefined before the first one. Pure. */
export function restoreChecksOf(
  facts: Pick<ClientFacts, 'source' | 'backends'>,
): RestoreCounts | undefined {
  const counts = restoreCounts(facts);
  return restoreCheckCount(counts) === 0 ? undefined : counts;
}

/** The results of the restore checks of a place; undefined before the first one. Pure. */
export function restoresOf(known: Restores): RestoresState | undefined {
  const { restoreJudged: judged, restoreUnclear: unclear, restoredAt } = known;
  const { restoredSnapshotAt } = known;
  const last = unclear ?? judged;
  if (last === undefined) return undefined;
  return {
    checkedAt: last.at,
    ...(judged && { isGood: judged.outcome === 'ok', judgedAt: judged.at }),
    ...optional({ restoredAt, restoredSnapshotAt, snapshot: last.snapshot }),
    ...notGood(last),
    ...(judged?.outcome === 'failed' && { failure: judged.message ?? 'failed' }),
  };
}

function notGood({ outcome, message, hint }: RestoreCheckFacts) {
  return outcome === 'ok' ? {} : optional({ message, hint });
}

type Place = Pick<SourceState | BackendState, 'restores'>;

/** `restored fine 2d ago`, `restore check failed 1h ago`; undefined before the first check. */
export function restoredInWords({ restores }: Place, now: number): string | undefined {
  if (restores === undefined) return undefined;
  const { isGood, restoredAt, checkedAt, judgedAt = checkedAt } = restores;
  if (isGood === false) return `restore check failed ${formatAgo(now - judgedAt)}`;
  if (restoredAt === undefined) return 'no restore check has had a result yet';
  return `restored fine ${formatAgo(now - restoredAt)}`;
}

/** Why the last check had no result; a failed one is a finding. */
export function noResultInWords({ restores }: Place): string | undefined {
  return restores?.isGood === false ? undefined : restores?.message;
}

/** Finds the places whose last restore check failed. Pure. */
export function failedRestores({
  client,
  source,
  backends,
}: Pick<ClientReport, 'client' | 'source' | 'backends'>): Finding[] {
  const { failure } = source.restores ?? {};
  const ofSource = failure === undefined ? [] : [describe('source', failure, client)];
  return [
    ...ofSource.map((finding) => ({ ...finding, kind: 'source_restore_failed' as const })),
    ...backends.flatMap(({ backend, restores }): Finding[] =>
      restores?.failure === undefined
        ? []
        : [
            {
              ...describe(backend, restores.failure, client),
              kind: 'backend_restore_failed',
              backend,
            },
          ],
    ),
  ];
}

function describe(place: string, failure: string, client: string): Omit<Finding, 'kind'> {
  const who = place === 'source' ? 'the source failed' : 'failed';
  return {
    severity: 'critical',
    message: `${who} a restore check: ${failure}`,
    hint: `to check again, run: backup-syncd restore-check ${client} --backend ${place}`,
  };
}

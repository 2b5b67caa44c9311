import { auditInWords } from '../../report/audits.ts';
import type { BackendState, ClientReport, SourceState } from '../../report/types.ts';
import { describeAway, describeCopies, describeUncounted } from '../../report/in-words.ts';
import {
  describeReading,
  groupDueInWords,
  groupStatus,
  nameOfGroup,
} from '../../report/expected-groups.ts';
import { noResultInWords, restoredInWords } from '../../report/restores.ts';
import { backendStatus, doingInWords, dueInWords, sourceStatus } from '../../report/words.ts';
import { grouped, plural } from '../../runtime/plural.ts';
import { formatAgo, formatBytes, formatDuration } from '../../runtime/units.ts';
import { toned, type Line, type Toned } from './line.ts';
import { age, INDENT, indented, marked } from './mark.ts';
import { fitTable } from './table.ts';

/** A transfer without progress for this long has stalled, in milliseconds. */
const STILL_MS = 60_000;

/** Renders one client, with a row for each place. */
export function renderClient(
  client: ClientReport,
  { width, now }: { readonly width: number; readonly now: number },
): Line[] {
  const { source, backends, protection } = client;
  const copies = describeCopies(protection);
  const about = [...(copies === undefined ? [] : [copies]), dueInWords(client, now)].join(', ');
  const header = ['PLACE', 'STATE', 'NEWEST', 'LAG', ''].map((text) => toned(text, 'soft'));
  const rows = [
    [
      'source',
      status(sourceStatus(client)),
      age(source.latestSnapshotAt, now),
      '',
      doingInWords(source, now) ?? listed([held(source), ...restores(source, now)]),
    ],
    ...backends.map((backend) => [
      backend.backend,
      status(backendStatus(backend)),
      age(backend.latestSnapshotAt, now),
      lag(backend),
      detail(backend, now),
    ]),
  ];
  return [
    [toned(client.client, 'strong')],
    ...marked(client.severity, about, { width, indent: INDENT }),
    ...fitTable([header, ...rows], { width, spare: [] }),
    ...expected(client, { width, now }),
  ];
}

/** The hosts and paths that each need a recent snapshot. */
function expected(
  { groups }: ClientReport,
  { width, now }: { readonly width: number; readonly now: number },
): Line[] {
  if (groups === undefined) return [];
  const header = ['EXPECTED', 'STATE', 'NEWEST', ''].map((text) => toned(text, 'soft'));
  const rows = groups.expected.map((group) => {
    const { words, tone } = groupStatus(group, groups, now);
    const due = groupDueInWords(group, now);
    return [nameOfGroup(group), toned(words, tone), age(group.newestAt, now), due];
  });
  const noted = describeReading(groups, now);
  return ['', ...fitTable([header, ...rows], { width, spare: [] }), ...indented(noted, width)];
}

function status({ words, tone }: ReturnType<typeof backendStatus>): Toned {
  return toned(words, tone);
}

function held({ snapshots, bytes }: SourceState): string {
  if (snapshots === undefined) return '';
  const count = plural(snapshots, 'snapshot');
  return bytes === undefined ? count : `${count}, ${formatBytes(bytes)}`;
}

function lag({ lagMs }: BackendState): string {
  if (lagMs === undefined) return '?';
  return lagMs === 0 ? '0' : formatDuration(lagMs);
}

function detail(backend: BackendState, now: number): string {
  const { progress, countsAsCopy, lastSuccess } = backend;
  if (countsAsCopy === false) {
    return `does not count as a copy; script ${lastSuccess === undefined ? 'has not succeeded yet' : `exited with 0 ${formatAgo(now - lastSuccess)}`}`;
  }
  if (progress !== undefined) {
    const { bytes, totalBytes, objects, totalObjects, waitingSince } = progress;
    const moved = `${formatBytes(bytes)} of ${formatBytes(totalBytes)}, ${grouped(objects)} of ${plural(totalObjects, 'object')}`;
    if (waitingSince !== undefined) return `${moved}, waiting for its turn`;
    const idleMs = now - progress.updatedAt;
    return idleMs < STILL_MS ? moved : `${moved}, nothing moved for ${formatDuration(idleMs)}`;
  }
  const uncounted = describeUncounted(backend, now);
  const details = [counts(backend), uncounted, ...describeAway(backend)];
  const proof = [auditInWords(backend.lastAudit), ...restores(backend, now)];
  return doingInWords(backend, now) ?? listed([...details, ...proof]);
}

/** A check without a result, such as one with a wrong password, says so. */
function restores(place: SourceState | BackendState, now: number): (string | undefined)[] {
  return [restoredInWords(place, now), noResultInWords(place)];
}

function listed(details: readonly (string | undefined)[]): string {
  return details.filter(Boolean).join('; ');
}

function counts(backend: BackendState): string {
  const { snapshots, missing, staleKeys = 0, unproven = 0, lastAudit } = backend;
  const surplus = lastAudit?.surplus?.bytes ?? 0;
  const count = snapshots === undefined ? [] : [`${grouped(snapshots)} complete`];
  const more = [
    ...(missing === undefined || missing.length === 0
      ? []
      : [`${grouped(missing.length)} missing`]),
    ...(unproven === 0 ? [] : [`${grouped(unproven)} unproven`]),
    ...(staleKeys === 0 ? [] : [plural(staleKeys, 'stale key')]),
    ...(surplus === 0 ? [] : [`${formatBytes(surplus)} surplus`]),
  ];
  return [...count, ...more].join(', ');
}

import type { SnapshotRow } from '../../report/types.ts';
import { countCopies, originOf } from '../../report/in-words.ts';
import { formatAgo } from '../../runtime/units.ts';
import { renderTable } from './table.ts';

const WORD = {
  complete: 'yes',
  unreachable: 'not reachable',
  missing: 'MISSING',
  unproven: 'unproven',
  gone: '-',
  unknown: '?',
} as const;

/** Renders a row per snapshot and a column per place. */
export function renderSnapshots(rows: readonly SnapshotRow[], now: number): string[] {
  const [first] = rows;
  if (first === undefined) return ['no snapshot seen yet'];
  const places = Object.keys(first.places);
  const isDescribed = rows.some((row) => originOf(row) !== undefined);
  return renderTable([
    [
      'SNAPSHOT',
      'TIME',
      'AGE',
      ...places.map((place) => place.toUpperCase()),
      'COPIES',
      ...(isDescribed ? ['HOST', 'PATHS'] : []),
    ],
    ...rows.map((row) => [
      row.id.slice(0, 8),
      ...timeOf(row, now),
      ...places.map((place) => WORD[row.places[place] ?? 'unknown']),
      `${countCopies(row)}${isTooFew(row) ? ' (too few)' : ''}`,
      ...(isDescribed ? (originOf(row) ?? ['-', '-']) : []),
    ]),
  ]);
}

function timeOf({ snapshotAt }: SnapshotRow, now: number): [time: string, age: string] {
  if (snapshotAt === undefined) return ['-', '-'];
  const time = new Date(snapshotAt).toISOString().replace(/\.\d+Z$/, 'Z');
  return [time, formatAgo(now - snapshotAt)];
}

/** No place owes a snapshot that the source has forgotten on purpose. */
function isTooFew(row: SnapshotRow): boolean {
  return !row.protected && row.places['source'] !== 'gone';
}

import { describe, expect, test } from '@jest/globals';
import { initialFacts } from '../../../src/facts/initial.ts';
import type { SourceGroups } from '../../../src/facts/source-groups.ts';
import { deriveReport, type ReportSettings } from '../../../src/report/derive.ts';
import type { WantedGroup } from '../../../src/report/expected-groups.ts';
import { namesToSet } from '../../../src/repository/catalogue.ts';
import { SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { idOf } from '../../arbitraries/ids.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 29);

const etc: WantedGroup = {
  host: 'ahost',
  path: '/etc',
  snapshotEveryMs: 24 * HOUR,
  graceMs: 6 * HOUR,
};
const home: WantedGroup = { ...etc, path: '/home', snapshotEveryMs: HOUR, graceMs: HOUR };

interface Case {
  readonly wanted?: readonly WantedGroup[];
  readonly known: SourceGroups;
  /** how old the snapshots at the source are, in milliseconds */
  readonly ages?: readonly number[];
  readonly snapshotEveryMs?: number | null;
}

function reportOf({ wanted = [etc], known, ages = [HOUR], snapshotEveryMs = null }: Case) {
  const settings: ReportSettings = {
    pollMs: 60_000,
    snapshotEveryMs,
    graceMs: 0,
    copies: 1,
    copiesWithinMs: HOUR,
    sourceLocation: '/source',
    backends: [],
    groups: wanted,
  };
  const facts = initialFacts('ahost', [], NOW - 1000 * HOUR);
  const times = new Map(ages.map((age, n) => [idOf(n), { time: NOW - age, arrivedAt: NOW - age }]));
  const { health, contents } = facts.source;
  const source = {
    ...facts.source,
    health: { ...health, state: 'ok', lastScanAt: NOW, observedAt: NOW } as const,
    contents: { ...contents, snapshots: namesToSet(ages.map((_, n) => idOf(n))) },
    groups: known,
  };
  const history = { ...facts.history, times: new SnapshotTimes().with(times) };
  return deriveReport({ ...facts, source, history }, settings, NOW);
}

/** All snapshots were read an hour ago; the n-th snapshot is the newest of the n-th group. */
function readAll(wanted: readonly WantedGroup[], since = NOW - 500 * HOUR): SourceGroups {
  const ids = wanted.map((_, n) => idOf(n));
  return {
    readAt: NOW - HOUR,
    readFrom: 'nas',
    groups: wanted.map(({ host, path }, n) => ({
      ...(host !== undefined && { host }),
      ...(path !== undefined && { path }),
      since,
      latest: { id: idOf(n), at: 0 },
    })),
    origins: [{ host: 'ahost', paths: [], snapshots: namesToSet(ids) }],
  };
}

describe('when the snapshot of a group is due', () => {
  test('an interval and a grace period after the newest one', () => {
    const { groups } = reportOf({ known: readAll([etc]) });
    expect(groups?.expected).toMatchObject([{ newestAt: NOW - HOUR, dueAt: NOW + 29 * HOUR }]);
  });

  test('if there never was one: after the group was first expected', () => {
    const known = { readAt: NOW, groups: [{ ...etc, since: NOW - 10 * HOUR }] };
    const [group] = reportOf({ known, ages: [] }).groups?.expected ?? [];
    expect(group).not.toHaveProperty('newestAt');
    expect(group?.dueAt).toBe(NOW + 20 * HOUR);
  });

  test('never, if none is expected at any interval', () => {
    const never = { ...etc, snapshotEveryMs: null };
    const { groups, findings } = reportOf({
      wanted: [never],
      known: readAll([never]),
      ages: [1e10],
    });
    expect(groups?.expected[0]).not.toHaveProperty('dueAt');
    expect(findings).toEqual([]);
  });

  test('a time ahead of the clock counts as now', () => {
    const { groups } = reportOf({ known: readAll([etc], NOW + 99 * HOUR), ages: [-50 * HOUR] });
    expect(groups?.expected).toMatchObject([{ newestAt: NOW, dueAt: NOW + 30 * HOUR }]);
  });
});

describe('an overdue group', () => {
  test('is a warning that says which, and how old its newest snapshot is', () => {
    const wanted = [etc, home];
    const { findings, severity } = reportOf({
      wanted,
      known: readAll(wanted),
      ages: [HOUR, 2.5 * HOUR],
    });
    expect(severity).toBe('warning');
    expect(findings).toMatchObject([
      {
        kind: 'group_overdue',
        message: '1 expected snapshot is overdue: /home from ahost, the newest is from 2h 30m ago',
      },
    ]);
  });

  test('is critical after one more interval', () => {
    const { severity } = reportOf({ known: readAll([etc]), ages: [54.1 * HOUR] });
    expect(severity).toBe('critical');
  });

  test('of many, three are named', () => {
    const wanted = ['/a', '/b', '/c', '/d', '/e'].map((path) => ({ ...etc, path }));
    const known = readAll(wanted);
    const groups = known.groups?.map(({ latest: _, ...group }) => group) ?? [];
    const { findings } = reportOf({ wanted, known: { ...known, groups }, ages: [1, 1, 1, 1, 1] });
    expect(findings[0]?.message).toBe(
      '5 expected snapshots are overdue: /a from ahost, none yet; /b from ahost, none yet; /c from ahost, none yet; 2 more',
    );
  });

  test('is not reported beside a client that has not made any snapshot in time', () => {
    const { findings } = reportOf({
      known: readAll([etc]),
      ages: [40 * HOUR],
      snapshotEveryMs: 30 * HOUR,
    });
    expect(findings.map(({ kind }) => kind)).toEqual(['snapshot_overdue']);
  });

  test('is unknown while a snapshot was not read: it may be the one', () => {
    const { findings, groups } = reportOf({ known: readAll([etc]), ages: [40 * HOUR, HOUR] });
    expect(groups?.unread).toBe(1);
    expect(findings).toEqual([]);
  });

  test('is unknown before the first reading', () => {
    const known = { groups: [{ ...etc, since: NOW - 900 * HOUR }] };
    const { findings, groups } = reportOf({ known });
    expect(groups).toMatchObject({ unread: 1, expected: [{ dueAt: NOW - 870 * HOUR }] });
    expect(findings).toEqual([]);
  });
});

test('snapshots that the password does not open are a warning', () => {
  const known = { ...readAll([etc]), unreadable: namesToSet([idOf(1)]) };
  const { findings } = reportOf({ known, ages: [HOUR, HOUR] });
  expect(findings).toMatchObject([
    {
      kind: 'source_unreadable_snapshots',
      message:
        'the password does not open 1 snapshot of the source: it is corrupt, or restic did not make it',
    },
  ]);
});

test('nothing is reported where no group is expected', () => {
  expect(reportOf({ wanted: [], known: readAll([etc]) })).not.toHaveProperty('groups');
});

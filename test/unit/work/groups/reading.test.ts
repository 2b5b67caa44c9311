import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readSnapshots } from '../../../../src/facts/source-groups.ts';
import { namesOf, namesToSet } from '../../../../src/repository/catalogue.ts';
import { SnapshotTimes } from '../../../../src/repository/snapshot-times.ts';
import { expectGroups } from '../../../../src/work/groups/due.ts';
import { Reading, type Description, type ReadGroups } from '../../../../src/work/groups/reading.ts';
import { idOf } from '../../../arbitraries/ids.ts';

/** The n-th snapshot was made at n; all of them are at the source, unless fewer are. */
function read(
  descriptions: readonly Partial<Description>[],
  { wanted = [{ host: 'ahost', path: '/etc' }], known = {}, atSource = NaN } = {},
): ReadGroups {
  const all = descriptions.map((_, n) => idOf(n));
  const times = new SnapshotTimes().with(
    new Map(all.map((id, n) => [id, { time: n, arrivedAt: n }])),
  );
  const snapshots = namesToSet(all.slice(0, Number.isNaN(atSource) ? undefined : atSource));
  const reading = new Reading({ known: expectGroups(known, wanted, 7), snapshots, times });
  descriptions.forEach((one, n) => {
    if (Object.keys(one).length > 0)
      reading.add({ id: idOf(n), hostname: 'ahost', paths: [], ...one });
  });
  return reading.end(50, 'nas');
}

describe('the newest snapshot of a group', () => {
  test('has the host, and the path among others', () => {
    const { groups } = read([
      { paths: ['/etc'] },
      { paths: ['/home', '/etc', '/srv'] },
      { paths: ['/home'] },
      { hostname: 'bhost', paths: ['/etc'] },
    ]);
    expect(groups).toEqual([
      { host: 'ahost', path: '/etc', since: 7, latest: { id: idOf(1), at: 1 } },
    ]);
  });

  test('a path above or below it is another path', () => {
    const [group] = read([{ paths: ['/'] }, { paths: ['/etc/ssh'] }, { paths: ['/etc2'] }]).groups;
    expect(group).toEqual({ host: 'ahost', path: '/etc', since: 7 });
  });

  test('of a path: from any host; of a host: of any path', () => {
    const wanted = [{ path: '/etc' }, { host: 'bhost' }];
    const { groups } = read(
      [
        { hostname: 'chost', paths: ['/etc'] },
        { hostname: 'bhost', paths: ['/x'] },
      ],
      { wanted: wanted as { host: string; path: string }[] },
    );
    expect(groups.map(({ latest }) => latest?.at)).toEqual([0, 1]);
  });

  test('is at the source, not only at a backend', () => {
    const [group] = read([{ paths: ['/etc'] }, { paths: ['/etc'] }], { atSource: 1 }).groups;
    expect(group?.latest?.id).toBe(idOf(0));
  });
});

describe('what is remembered of snapshots', () => {
  test('which host and paths each has, also those that only a backend still has', () => {
    const { origins } = read([{ paths: ['/etc'] }, { paths: ['/etc'] }, { paths: ['/b'] }], {
      atSource: 2,
    });
    expect(origins.map(({ host, paths, snapshots }) => [host, paths, namesOf(snapshots)])).toEqual([
      ['ahost', ['/etc'], [idOf(0), idOf(1)]],
      ['ahost', ['/b'], [idOf(2)]],
    ]);
  });

  test('what was read before of a snapshot that the source has forgotten stays known', () => {
    const known = read([{ paths: ['/etc'] }, { paths: ['/b'] }]);
    const { origins } = read([{ paths: ['/etc'] }, {}], { known, atSource: 1 });
    expect(origins.map(({ paths }) => paths)).toEqual([['/etc'], ['/b']]);
  });

  test('a snapshot of the source that restic does not list cannot be opened', () => {
    const { unreadable, ...rest } = read([{ paths: ['/etc'] }, {}]);
    expect(namesOf(unreadable)).toEqual([idOf(1)]);
    expect(readSnapshots({ ...rest, unreadable }).count).toBe(2);
  });

  test('a hundred combinations of host and paths: those of the newest snapshots', () => {
    const many = Array.from({ length: 1000 }, (_, n) => ({ paths: [`/${n}`] }));
    const result = read(many);
    const paths = result.origins
      .filter(({ host }) => host !== undefined)
      .map(({ paths: [p] }) => p);
    expect(paths.sort()).toEqual(
      many
        .slice(900)
        .map(({ paths: [p] }) => p)
        .sort(),
    );
    expect(readSnapshots(result).count).toBe(1000);
  });

  test('ten paths of each, and the beginning of long texts', () => {
    const paths = Array.from({ length: 50_000 }, (_, n) => `/srv/${n}`);
    const long = { hostname: 'h'.repeat(1e6), paths: [`/${'p'.repeat(1e6)}`, ...paths, '/etc'] };
    const { origins, groups } = read([long], { wanted: [{ path: '/etc' } as never] });
    expect(groups[0]?.latest?.id).toBe(idOf(0));
    expect(JSON.stringify(origins).length).toBeLessThan(5000);
    expect(origins[0]?.hasMorePaths).toBe(true);
  });
});

const hostile = fc.record({
  id: fc.oneof(fc.nat(5).map(idOf), fc.string()),
  hostname: fc.oneof(fc.string({ unit: 'binary' }), fc.constant('ahost')),
  paths: fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('/etc'))),
});

test('each snapshot of the source is counted once, and no other is', () => {
  fc.assert(
    fc.property(fc.array(hostile), (listed) => {
      const times = new SnapshotTimes().with(
        new Map([0, 1, 2].map((n) => [idOf(n), { time: n, arrivedAt: n }])),
      );
      const snapshots = namesToSet([0, 1, 2].map(idOf));
      const known = expectGroups({}, [{ path: '/etc' }], 0);
      const reading = new Reading({ known, snapshots, times });
      for (const one of listed) reading.add(one);
      const result = reading.end(1, 'source');
      const all = [
        ...result.origins.flatMap((o) => namesOf(o.snapshots)),
        ...namesOf(result.unreadable),
      ];
      expect(all.sort()).toEqual(namesOf(snapshots));
    }),
  );
});

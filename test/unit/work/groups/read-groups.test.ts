import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FactStore } from '../../../../src/facts/fact-store.ts';
import { initialFacts } from '../../../../src/facts/initial.ts';
import { SILENT_LOG } from '../../../../src/log/log.ts';
import { namesOf, namesToSet } from '../../../../src/repository/catalogue.ts';
import { SnapshotTimes } from '../../../../src/repository/snapshot-times.ts';
import { readGroups } from '../../../../src/work/groups/read-groups.ts';
import { SourceRun } from '../../../../src/work/source-run.ts';
import type { SourceWorkplace } from '../../../../src/work/source-workplace.ts';
import { idOf } from '../../../arbitraries/ids.ts';
import { temporaryDirectory, waitFor } from '../../../support/temp.ts';

const MINUTE = 60_000;

/** A source with snapshots, a replica with all of them, and a program in the place of restic that prints files. */
function begin() {
  const root = temporaryDirectory();
  const bin = join(root, 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh
while [ "$1" != --repo ]; do shift; done
echo "$2" >> ${root}/calls
while [ -e ${root}/hang ]; do sleep 0.02; done
exec cat ${root}/"$2".json
`;
  writeFileSync(join(bin, 'restic'), script);
  chmodSync(join(bin, 'restic'), 0o700);
  const store = new FactStore(initialFacts('ahost', ['near'], 0));
  const clock = { at: 1e12, now: () => clock.at, elapsedMs: () => clock.at, random: () => 0.5 };
  const placeOf = (repository: string) => ({
    label: repository,
    repository,
    variables: () => ({}),
  });
  const place = {
    client: 'ahost',
    store,
    clock,
    log: SILENT_LOG,
    isThere: () => true,
    groups: {
      wanted: [{ path: '/etc' }],
      password: { file: '/none' },
      source: placeOf('source'),
      replicas: [{ name: 'near', place: placeOf('near') }],
      env: { PATH: `${bin}:/usr/bin:/bin` },
    },
  } as unknown as SourceWorkplace;
  const activity = readGroups(place);
  if (activity === undefined) throw new Error('no activity');
  const stop = new AbortController();
  return {
    store,
    clock,
    place,
    stop,
    /** the source has these snapshots, and the replica has them, too */
    has(...numbers: number[]) {
      const ids = numbers.map(idOf);
      const snapshots = namesToSet(ids);
      const times = new SnapshotTimes().with(
        new Map(ids.map((id, n) => [id, { time: n, arrivedAt: n }])),
      );
      store.updateSource('contents', { snapshots });
      store.updateHistory({ times });
      store.updateBackend('near', 'place', { up: true });
      store.updateBackend('near', 'contents', { baselineAt: 1, missing: new Map() });
    },
    /** what restic prints of a place; undefined: it fails */
    prints(name: string, ...numbers: number[]) {
      const time = '2026-11-29T12:00:00Z';
      const all = numbers.map((n) => ({ id: idOf(n), time, hostname: 'ahost', paths: ['/etc'] }));
      writeFileSync(join(root, `${name}.json`), JSON.stringify(all));
    },
    /** the replica does not answer, until it does again */
    hangs(isHanging: boolean) {
      const path = join(root, 'hang');
      if (isHanging) writeFileSync(path, '');
      else rmSync(path);
    },
    isReading: () =>
      existsSync(join(root, 'calls')) && readFileSync(join(root, 'calls')).length > 0,
    /** one turn of the worker; returns the places that were read in it */
    async turn(): Promise<string[]> {
      const calls = join(root, 'calls');
      writeFileSync(calls, '');
      clock.at += MINUTE;
      if (activity.isDue())
        await activity.run(new SourceRun({ signal: stop.signal, cause: 'schedule', clock }));
      return readFileSync(calls, 'utf8').split('\n').slice(0, -1);
    },
  };
}

test('snapshots are read once, and again when there is a new one', async () => {
  const { store, ...rig } = begin();
  rig.has(1, 2);
  rig.prints('near', 1, 2);
  expect(await rig.turn()).toEqual(['near']);
  expect(store.source.groups).toMatchObject({
    readFrom: 'near',
    groups: [{ latest: { id: idOf(2) } }],
  });
  expect(store.takeDirty()).toBe(true);
  expect(await rig.turn()).toEqual([]);
  rig.has(2);
  expect(await rig.turn()).toEqual([]);
  rig.has(2, 3);
  rig.prints('near', 2, 3);
  expect(await rig.turn()).toEqual(['near']);
  expect(await rig.turn()).toEqual([]);
});

test('a replica that cannot be read is left out until a reading has succeeded', async () => {
  const { store, ...rig } = begin();
  rig.has(1);
  rig.prints('source', 1);
  expect(await rig.turn()).toEqual(['near']);
  expect(store.source.attempts.others?.['groups']).toMatchObject({ failures: 1 });
  rig.clock.at += 30 * MINUTE;
  expect(await rig.turn()).toEqual(['source']);
  expect(store.source.groups).toMatchObject({ readFrom: 'source' });
  rig.has(1, 2);
  rig.prints('near', 1, 2);
  expect(await rig.turn()).toEqual(['near']);
});

test('a snapshot that restic does not list is looked for elsewhere before it is called unreadable', async () => {
  const { store, ...rig } = begin();
  rig.has(1, 2);
  rig.prints('near', 1);
  rig.prints('source', 1, 2);
  expect(await rig.turn()).toEqual(['near']);
  expect(namesOf(store.source.groups.unreadable ?? namesToSet([]))).toEqual([]);
  expect(await rig.turn()).toEqual(['source']);
  expect(namesOf(store.source.groups.unreadable ?? namesToSet([]))).toEqual([]);
  expect(await rig.turn()).toEqual([]);

  rig.has(1, 2, 3);
  rig.prints('near', 1, 2);
  await rig.turn();
  await rig.turn();
  expect(namesOf(store.source.groups.unreadable ?? namesToSet([]))).toEqual([idOf(3)]);
  expect(await rig.turn()).toEqual([]);
});

test('readings that hang do not keep the worker of another client waiting: its audit has its turn', async () => {
  const hung = Array.from({ length: 4 }, begin);
  for (const rig of hung) {
    rig.has(1);
    rig.prints('near', 1);
    rig.hangs(true);
  }
  const turns = hung.map((rig) => rig.turn());
  await waitFor(() => hung.every((rig) => rig.isReading()), { what: 'four readings' });
  const other = begin();
  other.has(1);
  other.prints('near', 1);
  expect(await other.turn()).toEqual([]);

  for (const rig of hung) rig.hangs(false);
  await Promise.all(turns);
  expect(await other.turn()).toEqual(['near']);
});

test('a reading that is stopped is no failure', async () => {
  const { store, ...rig } = begin();
  rig.has(1);
  rig.stop.abort();
  await rig.turn();
  expect(store.source.attempts.others?.['groups']).not.toHaveProperty('trouble');
  expect(store.source.groups.readAt).toBeUndefined();
});

test('without expected groups, what was read is forgotten', async () => {
  const { store, ...rig } = begin();
  rig.has(1);
  rig.prints('near', 1);
  await rig.turn();
  const { groups: _, ...place } = rig.place;
  expect(readGroups(place)).toBeUndefined();
  expect(Object.values(store.source.groups).filter(Boolean)).toEqual([]);
});

import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FactStore } from '../../../../src/facts/fact-store.ts';
import { initialFacts } from '../../../../src/facts/initial.ts';
import { SILENT_LOG } from '../../../../src/log/log.ts';
import { SyncdError } from '../../../../src/runtime/errors.ts';
import type { Around } from '../../../../src/work/around.ts';
import { FreshDirectory } from '../../../../src/work/restore-check/fresh-directory.ts';
import { RestoreCheck } from '../../../../src/work/restore-check/restore-check.ts';
import { SourceRun } from '../../../../src/work/source-run.ts';
import { Catalogue, EMPTY_CATALOGUE } from '../../../../src/repository/catalogue.ts';
import { idOf } from '../../../arbitraries/ids.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 24 * 3_600_000];

interface Rig {
  readonly isRemote: boolean;
  readonly around?: Around;
  /** the marker of the disk that is there; the last sync found `a` */
  readonly reach?: () => Promise<string | undefined>;
  readonly compareWith?: string;
}

/** One backend with a snapshot; no check of it can be judged, because there is no password. */
function unclearCheck({ isRemote, around = (_run, action) => action(), ...rig }: Rig) {
  const clock = {
    at: 1_000 * DAY,
    now: () => clock.at,
    elapsedMs: () => clock.at,
    random: () => 0,
  };
  const store = new FactStore(initialFacts('ahost', ['nas'], clock.at));
  store.updateBackend('nas', 'place', { up: true, markerId: 'a' });
  store.updateBackend('nas', 'contents', { complete: Catalogue.from([[idOf(1), 5]]) });
  const check = new RestoreCheck({
    client: 'ahost',
    store,
    clock,
    log: SILENT_LOG,
    env: {},
    password: { env: 'NO_PASSWORD' },
    settings: {
      everyMs: 7 * DAY,
      require: [],
      sample: 1,
      isFull: false,
      maxBytes: 1,
      directory: '/nowhere',
      commandDeadlineMs: 1,
      ...(rig.compareWith !== undefined && { compareWith: rig.compareWith }),
    },
    directory: new FreshDirectory(join(temporaryDirectory(), 'checks'), 'ahost'),
    places: [
      {
        name: 'nas',
        isRemote,
        hasPrograms: false,
        isThere: () => true,
        hasMarker: rig.reach !== undefined,
        reach: async () => undefined,
        restic: { label: 'nas', repository: 'nas', variables: () => ({}) },
        attempts: { config: { name: 'nas' } },
        around,
        ...rig,
      },
    ],
    indexBytes: () => undefined,
    recheck: async () => undefined,
  });
  const { signal } = new AbortController();
  const run = () => check.run(new SourceRun({ signal, cause: 'request', clock }));
  const said: string[] = [];
  const ask = () =>
    check.ask({}, new SourceRun({ signal, cause: 'request', clock }), (text) => said.push(text));
  return { check, clock, store, run, ask, said };
}

test('a remote from which nothing could be said is not read again every half hour', async () => {
  const { check, clock, store, run } = unclearCheck({ isRemote: true });
  expect(check.isDue()).toBe(true);
  await run();
  expect(store.backend('nas').restores).toMatchObject({ restoreCounts: { inconclusive: 1 } });
  clock.at += HOUR;
  expect(check.isDue()).toBe(false);
  clock.at += 5 * HOUR;
  expect(check.isDue()).toBe(true);
});

test('a directory costs nothing, and is read again after the usual pause', async () => {
  const { check, clock, run } = unclearCheck({ isRemote: false });
  await run();
  expect(check.isDue()).toBe(false);
  clock.at += 31 * MINUTE;
  expect(check.isDue()).toBe(true);
});

test('the command says why a check could not begin', async () => {
  const around = async () => {
    throw new SyncdError('tool', 'mount-nas exited with 32', 'plug it in');
  };
  const { ask } = unclearCheck({ isRemote: false, around });
  await expect(ask()).rejects.toMatchObject({
    message: 'mount-nas exited with 32',
    hint: 'plug it in',
  });
});

test('what was found is kept, even if the place cannot be released', async () => {
  const around: Around = async (_run, action) => {
    await action();
    throw new SyncdError('tool', 'umount-nas exited with 1');
  };
  const { run, store } = unclearCheck({ isRemote: false, around });
  await run();
  expect(store.backend('nas').restores.restoreCounts).toEqual({ inconclusive: 1 });
});

test('the disk that the last sync found is checked', async () => {
  const { run, store } = unclearCheck({ isRemote: false, reach: async () => 'a' });
  await run();
  expect(store.backend('nas').restores.restoreCounts).toEqual({ inconclusive: 1 });
});

test.each([
  ['b', 'another disk is at nas than the last sync found there'],
  [undefined, 'the marker of nas is missing: its disk may not be mounted'],
])('a result is never kept for a disk that is away: %s is there', async (disk, message) => {
  let mounted: string | undefined = 'a';
  const around: Around = async (_run, action) => {
    mounted = disk; // only the programs mount it
    return action();
  };
  const reach = async () => mounted;
  const { ask, store } = unclearCheck({ isRemote: false, around, reach });
  const hint = 'run: backup-syncd sync ahost --backend nas';
  const outcome = { outcome: 'inconclusive', reason: 'unreachable', message, hint };
  expect(await ask()).toMatchObject(outcome);
  expect(store.backend('nas').restores.restoreCounts).toEqual({ inconclusive: 1 });
});

test('a place that does not answer is not left to restic, which would wait for half an hour', async () => {
  const message = 'the file system at /nas has not responded for 30 s';
  const reach = async () => {
    throw new SyncdError('timeout', message);
  };
  const { ask } = unclearCheck({ isRemote: false, reach });
  expect(await ask()).toMatchObject({ outcome: 'inconclusive', reason: 'timeout', message });
});

test('while it works at a place it says so, because a pause of that place must stop it', async () => {
  const seen: string[] = [];
  const { check, run } = unclearCheck({
    isRemote: false,
    around: (_run, action) => {
      seen.push(...check.worksAt);
      return action();
    },
  });
  await run();
  expect(seen).toEqual(['nas']);
  expect(check.worksAt).toEqual([]);
});

test('it says that it cannot compare with the place that is configured', async () => {
  const { ask, said } = unclearCheck({ isRemote: false, compareWith: 'usb' });
  await ask();
  expect(said[0]).toMatch(
    /^restore check of nas, not compared with usb, which is away or paused, or does not have this snapshot: snapshot /,
  );
  const itself = unclearCheck({ isRemote: false, compareWith: 'nas' });
  await itself.ask();
  expect(itself.said[0]).toMatch(/^restore check of nas: snapshot /);
});

test('while a person checks, no scheduled check begins', async () => {
  const other = unclearCheck({ isRemote: false });
  const due: boolean[] = [];
  const { ask } = unclearCheck({
    isRemote: false,
    around: (_run, action) => {
      due.push(other.check.isDue());
      return action();
    },
  });
  await ask();
  expect([...due, other.check.isDue()]).toEqual([false, true]);
});

test('where the source has no snapshots, it does not advise a sync', async () => {
  const { ask, store } = unclearCheck({ isRemote: false });
  store.updateBackend('nas', 'contents', { complete: EMPTY_CATALOGUE });
  await expect(ask()).rejects.toMatchObject({ hint: 'run: backup-syncd sync ahost' });
  store.updateSource('contents', { snapshots: EMPTY_CATALOGUE });
  await expect(ask()).rejects.toMatchObject({
    message: 'no place is known to have a complete snapshot',
    hint: 'the source has no snapshots: make the first backup of the client',
  });
  const trouble = {
    reason: 'source_unavailable',
    message: '/s is empty',
    hint: 'mount it',
  } as const;
  store.updateSource('contents', { snapshots: undefined });
  store.updateSource('health', { state: 'empty', trouble });
  await expect(ask()).rejects.toMatchObject({ hint: '/s is empty: mount it' });
});

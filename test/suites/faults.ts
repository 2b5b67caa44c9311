import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mount, RemovableDisk } from '../support/bind-mount.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { mainFile } from '../support/cli.ts';
import { startMinio } from '../support/minio.ts';
import { runProcess } from '../support/process.ts';
import { checkReplica, objectsOf, visibleSnapshots, wrongObjects } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { changeTree, createTree } from '../support/sample-data.ts';
import { Syncd, type SyncDaemon } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { mountTmpfs } from '../support/tmpfs.ts';
import { describeWithTools } from '../support/tools.ts';

const generation = 'newest';

function flipBit(file: string): void {
  const { atime, mtime, mode } = statSync(file);
  const content = readFileSync(file);
  const at = Math.floor(content.length / 2);
  content.writeUInt8(content.readUInt8(at) ^ 1, at);
  chmodSync(file, 0o600);
  writeFileSync(file, content);
  chmodSync(file, mode);
  utimesSync(file, atime, mtime); // as a disk does it
}

function packsOf(path: string): string[] {
  return objectsOf(path).filter((name) => name.startsWith('data/'));
}

function objectsOfKind(path: string, kind: string): string[] {
  return objectsOf(path).filter((name) => name.startsWith(`${kind}/`));
}

async function expectSound(replica: string): Promise<void> {
  expect(wrongObjects(replica)).toEqual([]);
  expect(await checkReplica(replica, generation, { readData: true })).toMatchObject({ ok: true });
}

const OUT_OF_INODES = [
  'of inodes',
  { sizeBytes: 64 * 1024 * 1024, inodes: 12 },
  'remount,nr_inodes=4096',
] as const;

function testFullDisk(isAll: boolean): void {
  describeWithTools(['newest/restic', 'tmpfs'], 'a backend whose disk is full', () => {
    test.each([
      ['of bytes', { sizeBytes: 512 * 1024 }, 'remount,size=64m'],
      ...(isAll ? [OUT_OF_INODES] : []),
    ] as const)(
      '%s: reports it, breaks nothing, continues when there is space',
      async (_, options, remount) => {
        const { path } = await seedRepository(generation);
        const disk = await mountTmpfs(options);
        const syncd = await Syncd.create({ source: path, backends: { near: disk.path } });
        const full = await syncd.syncHere();
        expect(full).toMatchObject({
          code: 1,
          backends: [{ outcome: 'failed', reason: 'no_space' }],
        });
        expect(full.backends[0]?.hint).toContain('free some space there');
        expect(wrongObjects(disk.path)).toEqual([]);
        expect(visibleSnapshots(disk.path)).toEqual([]);
        await mount(['-o', remount, disk.path]);
        expect(await syncd.syncHere()).toMatchObject({ code: 0 });
        await expectSound(disk.path);
      },
    );

    test('a daemon continues automatically, and another backend does not wait for it', async () => {
      const { path } = await seedRepository(generation);
      const disk = await mountTmpfs({ sizeBytes: 512 * 1024 });
      const far = join(temporaryDirectory(), 'far');
      const syncd = await Syncd.create({ source: path, backends: { near: disk.path, far } });
      const daemon = await syncd.start();
      await daemon.untilComplete('far', 2);
      const full = await daemon.until('near', ({ reason }) => reason === 'no_space');
      expect(full.state).toBe('blocked');
      expect(await daemon.metric('sync_failures_total', { reason: 'no_space' })).toBe(1);
      await mount(['-o', 'remount,size=64m', disk.path]);
      await daemon.untilComplete('near', 2);
      await expectSound(disk.path);
    });

    if (isAll) {
      test('minFree is kept, also by a pass that knows most of what is there', async () => {
        const { repository, path } = await seedRepository(generation);
        const disk = await mountTmpfs({ sizeBytes: 24 * 1024 * 1024 });
        const syncd = new Syncd();
        const settings = { source: path, backends: { near: disk.path }, minFree: '16MiB' };
        await syncd.addClient('ahost', settings);
        expect(await syncd.syncHere()).toMatchObject({ code: 0 });
        const before = objectsOf(disk.path);
        const large = temporaryDirectory();
        createTree(large, { seed: 7, files: 8, maxFileBytes: 4 * 1024 * 1024 });
        await repository.backup(large);
        const full = await syncd.syncHere();
        expect(full).toMatchObject({ code: 1, backends: [{ reason: 'no_space' }] });
        expect(full.backends[0]?.message).toContain('minFree');
        expect(objectsOf(disk.path).filter((name) => !before.includes(name))).toEqual([]);
        syncd.writeClient('ahost', { ...settings, minFree: '0B' });
        expect(await syncd.syncHere()).toMatchObject({ code: 0 });
        await expectSound(disk.path);
      });
    }
  });
}

function testMissingDisk(): void {
  describeWithTools(['newest/restic', 'tmpfs'], 'a read-only or missing disk', () => {
    test('read-only: permission, and recovery', async () => {
      const { repository, path, data } = await seedRepository(generation);
      const disk = new RemovableDisk();
      await disk.mount();
      const syncd = await Syncd.create({ source: path, backends: { near: disk.path } });
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      await disk.remount('ro');
      changeTree(data);
      const newest = await repository.backup(data);
      const daemon = await syncd.start();
      const blocked = await daemon.until('near', ({ state }) => state === 'blocked');
      expect(blocked).toMatchObject({ reason: 'permission' });
      expect(blocked.hint).toContain('remount');
      await disk.remount('rw');
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      await daemon.untilComplete('near', newest);
      await expectSound(disk.path);
    });

    test('unmounted: nothing is written below its mount point, with or without saved state', async () => {
      const { repository, path, data } = await seedRepository(generation);
      const disk = new RemovableDisk();
      await disk.mount();
      const syncd = await Syncd.create({ source: path, backends: { near: disk.path } });
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      await disk.unmount();
      const refused = { code: 1, backends: [{ outcome: 'failed', reason: 'not_initialised' }] };
      expect(await syncd.syncHere()).toMatchObject(refused); // known
      expect((await syncd.syncHere()).backends[0]?.hint).toContain('mount its disk');
      syncd.forgetState();
      expect(await syncd.syncHere()).toMatchObject(refused); // state lost
      changeTree(data);
      const newest = await repository.backup(data);
      const daemon = await syncd.start();
      await daemon.until('near', ({ reason }) => reason === 'not_initialised');
      expect(await daemon.metric('backend_up', { backend: 'near' })).toBe(0);
      expect(readdirSync(disk.path)).toEqual([]);
      await disk.mount();
      await daemon.untilComplete('near', newest);
      // and while the daemon runs
      await disk.unmount();
      await daemon.until('near', ({ reason }) => reason === 'not_initialised');
      changeTree(data, { seed: 3 });
      const later = await repository.backup(data);
      await daemon.untilSource(({ latestSnapshotId }) => latestSnapshotId === later);
      expect(readdirSync(disk.path)).toEqual([]);
      await disk.mount();
      await syncd.syncHere(); // rather than wait for the retry
      await daemon.untilComplete('near', later);
      await expectSound(disk.path);
      // a first start
      await disk.unmount();
      const other = new Syncd();
      other.writeClient('ahost', { source: path, backends: { near: disk.path } });
      expect(await other.sync()).toMatchObject(refused);
      expect(readdirSync(disk.path)).toEqual([]);
    });
  });
}

const OTHER_MARKERS = [
  ['of another client', { client: 'bhost' }, 'belongs to client bhost'],
  ['of a newer version', { schemaVersion: 99 }, 'newer version'],
] as const;

function testMarker(isAll: boolean): void {
  describeWithTools(['newest/restic'], 'a marker', () => {
    test.each([
      ['of another machine', { writer: 'another' }, 'another machine writes to'],
      ...(isAll ? OTHER_MARKERS : []),
    ] as const)('%s is refused, and nothing is written', async (_, change, message) => {
      const { path } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const replica = syncd.backend('near');
      const file = join(replica, '.backup-syncd', 'backend.json');
      const marker = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, JSON.stringify({ ...marker, ...change }));
      const refused = await syncd.syncHere();
      expect(refused).toMatchObject({ code: 1, backends: [{ reason: 'not_initialised' }] });
      expect(refused.backends[0]?.message).toContain(message);
      expect(objectsOf(replica)).toEqual([]);
    });

    test('of a machine that has lost its state is refused until it takes the place over', async () => {
      const { path } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      rmSync(syncd.stateDir, { recursive: true });
      const refused = await syncd.syncHere();
      expect(refused).toMatchObject({ code: 1, backends: [{ reason: 'not_initialised' }] });
      expect(refused.backends[0]?.hint).toContain('backend init --adopt ahost near');
      await syncd.init('near', 'ahost', ['--adopt']);
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
    });
  });
}

function testFlippedBit(isAll: boolean): void {
  describeWithTools(['newest/restic'], 'a source with a flipped bit', () => {
    test.each(isAll ? ['data', 'index', 'snapshots'] : ['data'])(
      'in %s, before replication: never sent, what needs it held back, recovers automatically',
      async (kind) => {
        const { repository, path, data } = await seedRepository(generation);
        const syncd = await Syncd.create({ source: path, backends: ['near'] });
        const replica = syncd.backend('near');
        expect(await syncd.syncHere()).toMatchObject({ code: 0 });
        const published = visibleSnapshots(replica);
        const before = objectsOf(path);
        changeTree(data, { seed: 4 });
        const newest = await repository.backup(data);
        const fresh = objectsOf(path).filter((name) => !before.includes(name));
        const victim = fresh.find((name) => name.startsWith(`${kind}/`)) ?? '';
        const id = victim.split('/').at(-1) ?? '';
        const good = readFileSync(join(path, victim));
        flipBit(join(path, victim));
        const daemon = await syncd.start();
        const blocked = await daemon.until('near', ({ reason }) => reason === 'source_corrupt');
        expect(blocked).toMatchObject({ state: 'blocked', snapshots: published.length });
        expect(blocked.message).toContain(victim);
        expect(await daemon.metric('source_corrupt_objects', { client: 'ahost' })).toBe(1);
        expect((await daemon.client()).source.corrupt).toEqual([`${kind}/${id}`]);
        expect(objectsOf(replica)).not.toContain(victim);
        expect(visibleSnapshots(replica)).toEqual(published);
        await expectSound(replica);
        rmSync(join(path, victim));
        writeFileSync(join(path, victim), good);
        await daemon.untilComplete('near', newest);
        expect(await daemon.metric('source_corrupt_objects', { client: 'ahost' })).toBe(0);
        await expectSound(replica);
      },
    );

    if (isAll) {
      test('after replication: the replica stays as it is and restores', async () => {
        const { repository, path, data } = await seedRepository(generation);
        const syncd = await Syncd.create({ source: path, backends: ['near'] });
        const replica = syncd.backend('near');
        expect(await syncd.syncHere()).toMatchObject({ code: 0 });
        for (const pack of packsOf(path)) flipBit(join(path, pack));
        writeFileSync(join(data, 'fresh'), 'fresh');
        await repository.tryRun(['backup', '.'], { cwd: data });
        const daemon = await syncd.start();
        await daemon.until('near', ({ state }) => state === 'idle');
        await daemon.process.stop();
        await expectSound(replica);
      });
    }

    if (isAll) {
      test('truncated in place after the view was taken: corrupt, and not a busy source', async () => {
        const { path } = await seedRepository(generation);
        const syncd = await Syncd.create({ source: path, backends: ['near'] });
        const replica = syncd.backend('near');
        renameSync(replica, `${replica}.away`);
        const daemon = await syncd.start();
        await daemon.untilSource(({ state }) => state === 'ok');
        const victim = packsOf(path)[0] ?? '';
        const good = readFileSync(join(path, victim));
        chmodSync(join(path, victim), 0o600);
        truncateSync(join(path, victim), 100);
        renameSync(`${replica}.away`, replica);
        const blocked = await daemon.until(
          'near',
          ({ state, reason }) => reason !== 'not_initialised' && state !== 'initial_copy',
          { timeoutMs: 150_000 },
        );
        expect(blocked).toMatchObject({ state: 'blocked', reason: 'source_corrupt' });
        expect(blocked.message).toContain(victim.split('/').at(-1));
        writeFileSync(join(path, victim), good);
        await daemon.untilComplete('near', 2, { timeoutMs: 150_000 });
        await expectSound(replica);
      });
    }
  });
}

/** Makes the last change of a directory seem long ago, because what has just changed may change again at the same time. */
function makeLookSettled(directory: string): void {
  const then = Date.now() / 1000 - 3_600;
  utimesSync(directory, then, then);
}

function testWrittenInPlace(): void {
  describeWithTools(['newest/restic'], 'a source that is written to in place', () => {
    test('a snapshot seen while it was empty is sent once it is complete', async () => {
      const { repository, path, data } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      changeTree(data, { seed: 6 });
      const newest = await repository.backup(data);
      const file = join(path, 'snapshots', newest);
      const content = readFileSync(file);
      rmSync(file);
      const daemon = await syncd.start();
      await daemon.untilComplete('near', 2);
      makeLookSettled(join(path, 'snapshots'));
      await daemon.untilPolled(2);
      writeFileSync(file, '');
      await daemon.untilSource(({ snapshots }) => snapshots === 3);
      makeLookSettled(join(path, 'snapshots'));
      await daemon.untilPolled(4);
      const { counters } = await daemon.backend('near');
      expect(counters.syncs).toBeLessThan(12);
      writeFileSync(file, content);
      await daemon.untilComplete('near', newest, { timeoutMs: 150_000 });
      await expectSound(syncd.backend('near'));
    });
  });
}

const OF_OTHER_KINDS = [
  ['index', 'at the next poll'],
  ['snapshots', 'at the next poll'],
];

function testLosses(isAll: boolean): void {
  describeWithTools(['newest/restic'], 'a backend that loses objects', () => {
    test.each([
      ['data', 'within eight polls'],
      ['keys', 'at the next poll'],
      ...(isAll ? OF_OTHER_KINDS : []),
    ])('of %s: noticed %s and sent again', async (kind) => {
      const { path } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const replica = syncd.backend('near');
      const daemon = await syncd.start();
      await daemon.untilComplete('near', 2);
      const all = objectsOf(replica);
      if (kind === 'data') {
        for (const shard of readdirSync(join(replica, 'data')))
          makeLookSettled(join(replica, 'data', shard));
        await daemon.untilPolled(2);
      }
      const { counters } = await daemon.backend('near');
      rmSync(join(replica, objectsOfKind(replica, kind)[0] ?? ''));
      await daemon.until('near', (now) => {
        return now.counters.transferredObjects === counters.transferredObjects + 1;
      });
      await daemon.untilComplete('near', 2);
      expect(objectsOf(replica)).toEqual(all);
      expect((await daemon.backend('near')).counters.failures).toEqual({});
      await expectSound(replica);
    });

    test('cut short while no daemon ran: replaced at the start', async () => {
      const { path } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const replica = syncd.backend('near');
      const first = await syncd.syncHere();
      expect(first).toMatchObject({ code: 0 });
      const sent = first.backends[0]?.sent.objects ?? 0;
      for (const kind of ['data', 'index', 'keys', 'snapshots']) {
        const victim = join(replica, objectsOfKind(replica, kind)[0] ?? '');
        chmodSync(victim, 0o600);
        truncateSync(victim, 10);
      }
      const daemon = await syncd.start();
      await daemon.until('near', ({ counters }) => counters.transferredObjects === sent + 4);
      await daemon.untilComplete('near', 2);
      await expectSound(replica);
    });

    test('that the source has no longer: damaged until they are back', async () => {
      const { repository, path, data } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const replica = syncd.backend('near');
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      rmSync(data, { recursive: true });
      createTree(data, { seed: 9 });
      const newest = await repository.backup(data);
      await repository.run(['forget', '--keep-last', '1', '--prune', '--max-unused', '0']);
      const daemon = await syncd.start();
      await daemon.untilComplete('near', newest);
      const gone = packsOf(replica).find((pack) => !existsSync(join(path, pack))) ?? '';
      renameSync(join(replica, gone), join(syncd.directory, 'away'));
      const damaged = await daemon.until('near', ({ reason }) => reason === 'damaged');
      expect(damaged).toMatchObject({ state: 'blocked', snapshots: 0 });
      expect(damaged.message).toContain(gone.split('/').at(-1));
      expect(await daemon.metric('backend_latest_snapshot_timestamp_seconds')).toBeUndefined();
      await daemon.process.stop(); // and it is not forgotten
      const again = await syncd.start();
      await again.until('near', ({ reason, up }) => reason === 'damaged' && up === true);
      renameSync(join(syncd.directory, 'away'), join(replica, gone));
      await again.untilComplete('near', newest);
      await expectSound(replica);
    });
  });
}

function testOddFiles(): void {
  describeWithTools(['newest/restic', 'root'], 'odd files in the source', () => {
    test('links, FIFOs, sockets, devices and odd names are never opened, only counted', async () => {
      const { path } = await seedRepository(generation);
      const objects = objectsOf(path);
      const id = (digit: string) => digit.repeat(64);
      const secret = join(temporaryDirectory(), 'secret');
      writeFileSync(secret, 'secret');
      mkdirSync(join(path, 'data', 'aa'), { recursive: true });
      symlinkSync(secret, join(path, 'snapshots', id('1')));
      symlinkSync('/dev/zero', join(path, 'index', id('2')));
      await runProcess('mkfifo', [join(path, 'data', 'aa', id('a')), join(path, 'keys', id('3'))]);
      await runProcess('mknod', [join(path, 'snapshots', id('4')), 'c', '1', '5']);
      const server = createServer().listen(join(path, 'index', 'socket'));
      onCleanUp(() => server.close());
      await new Promise((resolve) => server.once('listening', resolve));
      renameSync(join(path, 'index', 'socket'), join(path, 'index', id('5')));
      mkdirSync(join(path, 'snapshots', id('6')));
      const refused = [
        `snapshots/${id('1')}`,
        `index/${id('2')}`,
        `data/aa/${id('a')}`,
        `keys/${id('3')}`,
        `snapshots/${id('4')}`,
        `index/${id('5')}`,
        `snapshots/${id('6')}`,
      ].sort();
      const odd = [
        `snapshots/${id('7')}-tmp-1234567`,
        `snapshots/${id('7')}.rest-server-temp123`,
        `snapshots/${id('7')}.1a2b3c4d.partial`,
        `snapshots/${id('A')}`,
        `snapshots/${id('7')}0`,
        `snapshots/${'x'.repeat(255)}`,
        'snapshots/new\nline',
        'snapshots/-rf',
        `keys/${id('7')}.tmp`,
        `data/aa/${id('b')}`, // under the wrong digits
        'index/.hidden',
      ];
      for (const name of odd) writeFileSync(join(path, name), 'odd');
      const inData = ['data/zz', 'data/file', `data/${id('c')}`];
      for (const name of inData) writeFileSync(join(path, name), 'odd');
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const daemon = await syncd.start();
      await daemon.untilComplete('near', 2);
      const { source } = await daemon.client();
      expect([...source.refused].sort()).toEqual(refused);
      expect(source.ignored).toBe(odd.length);
      expect(objectsOf(syncd.backend('near'))).toEqual(objects);
      await expectSound(syncd.backend('near'));
    });

    test('directories that are links are not followed', async () => {
      const { path } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const [pack = ''] = packsOf(path);
      const shard = pack.slice(0, 'data/xx'.length);
      renameSync(join(path, shard), `${path}.shard`);
      symlinkSync(`${path}.shard`, join(path, shard));
      const daemon = await syncd.start();
      const source = await daemon.untilSource(({ state }) => state !== 'unknown');
      expect(source.refused).toEqual([shard]);
      expect(objectsOf(syncd.backend('near'))).not.toContain(pack);
      expect(await syncd.sync()).toMatchObject({
        code: 1,
        backends: [{ reason: 'source_corrupt' }],
      });
      expect(objectsOfKind(syncd.backend('near'), 'snapshots')).toEqual([]);
    });
  });
}

function testUnusableSource(isAll: boolean): void {
  describeWithTools(['newest/restic', 'root'], 'a source that cannot be used', () => {
    /** Breaks the source while the daemon runs, and repairs it; the backend is not touched in between. */
    async function expectState(
      state: string,
      breakIt: (path: string) => unknown,
      mendIt?: (path: string) => void,
    ): Promise<SyncDaemon> {
      const { repository, path, data } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const replica = syncd.backend('near');
      const daemon = await syncd.start();
      await daemon.untilComplete('near', 2);
      const before = objectsOf(replica);
      await breakIt(path);
      const source = await daemon.untilSource((now) => now.state === state);
      expect(source.hint ?? '').not.toBe('');
      expect(await syncd.syncHere()).toMatchObject({ code: 1 });
      expect(objectsOf(replica)).toEqual(before);
      expect(await daemon.metric('source_snapshots')).not.toBe(0);
      if (mendIt === undefined) return daemon;
      mendIt(path);
      await daemon.untilSource((now) => now.state === 'ok');
      changeTree(data, { seed: 5 });
      const newest = await repository.backup(data);
      await daemon.untilComplete('near', newest);
      await expectSound(replica);
      return daemon;
    }

    if (isAll) {
      test('missing', async () => {
        await expectState(
          'missing',
          (path) => renameSync(path, `${path}.away`),
          (path) => renameSync(`${path}.away`, path),
        );
      });
    }

    test('empty, as beneath an unmounted disk', async () => {
      await expectState(
        'empty',
        (path) => {
          renameSync(path, `${path}.away`);
          mkdirSync(path);
        },
        (path) => {
          rmSync(path, { recursive: true });
          renameSync(`${path}.away`, path);
        },
      );
    });

    if (isAll) {
      test('a file', async () => {
        await expectState(
          'not_a_repository',
          (path) => {
            renameSync(path, `${path}.away`);
            writeFileSync(path, '');
          },
          (path) => {
            rmSync(path);
            renameSync(`${path}.away`, path);
          },
        );
      });
    }

    if (isAll) {
      test('without config', async () => {
        await expectState(
          'damaged',
          (path) => {
            renameSync(join(path, 'config'), join(path, 'config.away'));
            rmSync(join(path, 'keys'), { recursive: true });
            mkdirSync(join(path, 'keys'));
          },
          undefined,
        );
      });
    }

    test('another repository', async () => {
      const daemon = await expectState('different_repository', async (path) => {
        renameSync(path, `${path}.away`);
        const other = await ResticRepository.create({ generation, path });
        const data = temporaryDirectory();
        createTree(data, { files: 2 });
        await other.backup(data);
      });
      const { state } = await daemon.backend('near');
      expect(state).not.toBe('syncing');
    });

    test('permission denied', async () => {
      const { path } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      chmodSync(join(path, 'snapshots'), 0);
      // as a user who is bound by permissions
      const withoutCapabilities = ['--bounding-set=-dac_override,-dac_read_search', '--'];
      const args = [...withoutCapabilities, process.execPath, mainFile, 'sync', 'ahost'];
      const { code, stdout } = await runProcess('setpriv', args, { env: syncd.environment() });
      chmodSync(join(path, 'snapshots'), 0o700);
      expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('unreadable') });
      expect(stdout).toContain(join(path, 'snapshots'));
      expect(stdout).toContain('uid 0');
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
    });

    test('data on a disk that is not mounted: nothing is published, and it converges', async () => {
      const { path } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const replica = syncd.backend('near');
      renameSync(join(path, 'data'), join(path, 'data.away'));
      mkdirSync(join(path, 'data'));
      const daemon = await syncd.start();
      await daemon.untilSource(({ scans }) => scans >= 2);
      expect(visibleSnapshots(replica)).toEqual([]);
      rmSync(join(path, 'data'), { recursive: true });
      renameSync(join(path, 'data.away'), join(path, 'data'));
      await daemon.untilComplete('near', 2);
      await expectSound(replica);
    });
  });
}

function testErasureFormat(): void {
  describeWithTools(['newest/restic', 'minio'], "MinIO's erasure format", () => {
    test('is recognised, with what to use instead', async () => {
      const minio = await startMinio({ mode: 'erasure' });
      const url = minio.repositoryUrl('backups', 'ahost');
      const repository = await ResticRepository.create({ generation, url, env: minio.env });
      const data = temporaryDirectory();
      createTree(data, { files: 3 });
      await repository.backup(data);
      const source = join(minio.directory, 'd1', 'backups', 'ahost');
      const syncd = await Syncd.create({ source, backends: ['near'] });
      const { code, stdout } = await syncd.here(['sync', 'ahost']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('erasure') });
      expect(stdout).toContain('FS mode');
      expect(readdirSync(syncd.backend('near'))).toEqual(['.backup-syncd']);
    });
  });
}

/**
 * Disks, markers, backends and sources that fail as in life.
 *
 * @param extent all cases, or one of each sort
 */
export function testFaults(extent: 'some' | 'all'): void {
  const isAll = extent === 'all';
  testFullDisk(isAll);
  testMissingDisk();
  testMarker(isAll);
  testFlippedBit(isAll);
  if (isAll) testWrittenInPlace();
  testLosses(isAll);
  testOddFiles();
  testUnusableSource(isAll);
  testErasureFormat();
}

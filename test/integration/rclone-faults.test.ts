import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { RcloneLocation } from '../../src/locations/rclone/rclone-location.ts';
import { Catalogue } from '../../src/repository/catalogue.ts';
import {
  backup,
  expectConverges,
  expectWhole,
  NEEDS,
  setUp,
  startDaemon,
  sync,
  testHostileServer,
  uploads,
} from '../suites/hostile-server.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { LaneSource } from '../support/lane-source.ts';
import { KINDS } from '../support/rclone-kinds.ts';
import { makeRcloneLane, type RcloneLane } from '../support/rclone-lane.ts';
import { objectsOf, visibleSnapshots } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import type { Fault } from '../support/s3-proxy.ts';
import { temporaryDirectory } from '../support/temp.ts';
import {
  describeWithTools,
  generations,
  pathWith,
  tool,
  type Generation,
} from '../support/tools.ts';

const NEVER = new AbortController().signal;

testHostileServer('newest', ['reset in the middle', 'truncate', 'silent', 'lost']);
testHostileServer('debian12', ['lost']);

describeWithTools(NEEDS, 'a server that refuses', () => {
  test('one object that is refused costs no other one its place, and is named', async () => {
    const client = await setUp('newest');
    const pack = objectsOf(client.seed.path).find((path) => path.startsWith('data/')) ?? '';
    client.proxy.decide = ({ method, path }) =>
      method === 'PUT' && path.includes(pack) ? 403 : undefined;
    await startDaemon(client);

    const first = await sync(client);
    client.proxy.requests.length = 0;
    const second = await sync(client);

    for (const { backends } of [first, second]) {
      expect(backends).toMatchObject([
        { outcome: 'failed', reason: 'permission', message: expect.stringContaining(pack) },
      ]);
    }
    expect(uploads(client).length).toBeGreaterThan(0);
    expect(uploads(client).filter((request) => !request.includes(pack))).toEqual([]);
    expect(visibleSnapshots(client.replica)).toEqual([]);
    await expectConverges(client);
  });
});

/** A client of a local path whose rclone is the real one behind a script. */
async function setUpScripted(generation: Generation, body: string): Promise<RcloneLane> {
  const directory = temporaryDirectory();
  const script = `#!/bin/sh\nrclone='${tool('rclone', generation)}'\n${body}\nexec "$rclone" "$@"\n`;
  writeFileSync(join(directory, 'rclone'), script, { mode: 0o755 });
  const env = { PATH: [directory, pathWith(generation)].join(delimiter) };
  const source = await LaneSource.create(await seedRepository(generation), 0);
  return makeRcloneLane({ kind: KINDS['local path'], generation, source, env });
}

describeWithTools(NEEDS, 'names that rclone leaves out', () => {
  test.each(generations)(
    '%s: are not taken for sent, and exit status 0 proves nothing',
    async (generation) => {
      const lane = await setUpScripted(
        generation,
        'case "$1 $2" in "copy "*) if [ ! -e "$0.healed" ]; then sed 1d | "$rclone" "$@"; exit; fi ;; esac',
      );
      const { syncd, replica, env = {} } = lane.place;

      const { backends } = await syncd.sync(['ahost'], { env });

      const [key] = lane.source.objects().filter((path) => path.startsWith('keys/'));
      expect(backends).toMatchObject([
        { outcome: 'failed', reason: 'tool', message: expect.stringContaining(key ?? '') },
      ]);
      expect(objectsOf(await replica.open())).toEqual(['config']);
      writeFileSync(join((env['PATH'] ?? '').split(delimiter)[0] ?? '', 'rclone.healed'), '');
      await lane.converge();
    },
  );

  test.each(generations)(
    '%s: have vanished when they are gone from the source',
    async (generation) => {
      const gone = join(temporaryDirectory(), 'gone');
      const lane = await setUpScripted(
        generation,
        `case $1 in copy) rm -f "$(cat '${gone}')" ;; esac`,
      );
      const paths = lane.source.objects().filter((path) => path.startsWith('data/'));
      const ids = paths.map((path) => path.slice(-64));
      writeFileSync(gone, join(lane.source.path, paths[0] ?? ''));
      const pool = new FilePool();
      onCleanUp(() => pool.close());
      const source = new DirectoryLocation({ root: lane.source.path, role: 'source', pool });
      const target = new RcloneLocation({
        ...{ remote: lane.remote, configFile: lane.rcloneConfig, role: 'backend' },
        env: lane.place.env ?? {},
      });
      const objects = Catalogue.from(ids.map((id) => [id, undefined]));
      const options = { signal: NEVER, minFreeBytes: 0, onProgress: () => undefined };

      const receipt = await target.receive({ source, kind: 'data', objects }, options);

      expect(receipt).toMatchObject({ vanished: [ids[0]], corrupt: [] });
      expect(receipt.failure).toBeUndefined();
      expect([...receipt.placed.entries()].map(({ id }) => id)).toEqual(ids.slice(1));
    },
  );
});

describeWithTools(NEEDS, 'listings that are wrong', () => {
  test('one that fails half way is taken for none', async () => {
    const client = await setUp('newest', { section: { list_chunk: '2' } });
    await backup(client.seed, 1);
    await sync(client);
    const faults: Fault[] = [404, 503, 'truncate'];
    for (const fault of faults) {
      const before = client.proxy.injected();
      client.proxy.requests.length = 0;
      client.proxy.decide = ({ method, path }) =>
        method === 'GET' && /[?&](continuation-token|marker)=[^&]/.test(path) ? fault : undefined;

      const { backends } = await sync(client);

      expect({ fault, backends }).toMatchObject({ fault, backends: [{ outcome: 'failed' }] });
      expect(client.proxy.injected()).toBeGreaterThan(before);
      expect(uploads(client)).toEqual([]);
    }
    await expectConverges(client);
  });

  test('a kind that is not found, where the bucket is, is not empty', async () => {
    const client = await setUp('newest');
    await sync(client);
    client.proxy.requests.length = 0;
    client.proxy.decide = ({ method, path }) =>
      method === 'GET' && path.includes('prefix=ahost%2Fdata') ? 404 : undefined;

    const { backends } = await sync(client);

    expect(backends).toMatchObject([{ outcome: 'failed', reason: 'tool' }]);
    expect(client.proxy.injected()).toBeGreaterThan(0);
    expect(uploads(client)).toEqual([]);
    await expectConverges(client);
  });

  test.each(generations)(
    '%s: a bucket that had a replica and is empty now is no fresh start',
    async (generation) => {
      const client = await setUp(generation);
      await sync(client);
      rmSync(client.replica, { recursive: true });
      client.proxy.requests.length = 0;

      const { backends } = await sync(client);

      expect(backends).toMatchObject([{ outcome: 'failed', reason: 'not_initialised' }]);
      expect(uploads(client)).toEqual([]);
    },
  );

  test('where only the marker is left, everything is sent again, and nothing of it counts before', async () => {
    const client = await setUp('newest');
    const daemon = await startDaemon(client);
    await sync(client);
    const marker = join(client.replica, '.backup-syncd', 'backend.json');
    const before = readFileSync(marker, 'utf8');
    for (const name of readdirSync(client.replica).filter((entry) => entry !== '.backup-syncd'))
      rmSync(join(client.replica, name), { recursive: true });
    client.proxy.decide = ({ method, path }) =>
      method === 'PUT' && path.includes('/data/') ? 403 : undefined;

    await sync(client);

    const cut = await daemon.backend('cloud');
    expect(cut).toMatchObject({ state: 'blocked', reason: 'permission' });
    expect(cut.latestSnapshotId).toBeUndefined();
    expect(visibleSnapshots(client.replica)).toEqual([]);
    await expectConverges(client);
    expect(readFileSync(marker, 'utf8')).toBe(before);
  });

  test('one that is empty by mistake: the replica stays what it was', async () => {
    const client = await setUp('newest');
    await sync(client);
    const marker = join(client.replica, '.backup-syncd', 'backend.json');
    const before = readFileSync(marker, 'utf8');
    client.proxy.decide = ({ method, path }) =>
      method === 'GET' && /[?&]prefix=/.test(path) ? 'empty' : undefined;

    await expectWhole(client, await sync(client));

    expect(client.proxy.injected()).toBeGreaterThan(0);
    expect(readFileSync(marker, 'utf8')).toBe(before);
    await expectConverges(client);
  });
});

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { RcloneLocation } from '../../src/locations/rclone/rclone-location.ts';
import { Catalogue } from '../../src/repository/catalogue.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { LaneSource } from '../support/lane-source.ts';
import { KINDS } from '../support/rclone-kinds.ts';
import { makeRcloneLane, type RcloneLane } from '../support/rclone-lane.ts';
import { checkReplica, objectsOf, visibleSnapshots, wrongObjects } from '../support/replica.ts';
import { seedRepository, type SeededRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { setUpS3Client, type S3Client, type S3ClientOptions } from '../support/s3-client.ts';
import type { Fault, S3Request } from '../support/s3-proxy.ts';
import { withoutProgress, type SyncDaemon, type SyncResult } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import {
  describeWithTools,
  generations,
  pathWith,
  tool,
  type Generation,
} from '../support/tools.ts';

const NEVER = new AbortController().signal;
const NEEDS = [
  ...(['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone'] as const),
  'minio',
] as const;

/** A place that does not answer is given up after this long, in milliseconds. */
const SILENCE_MS = '10000';

interface Hostility {
  readonly fault: Fault;
  /** which requests: `METHOD /path` */
  readonly of: RegExp;
  /** one in so many of them */
  readonly each: number;
}

const PUT = /^PUT .*\/(data|index|snapshots)\//;
const ANY = /^/;

const HOSTILITIES: readonly Hostility[] = [
  { fault: 'reset', of: ANY, each: 2 },
  { fault: 'reset in the middle', of: PUT, each: 2 },
  { fault: 'truncate', of: ANY, each: 2 },
  { fault: 429, of: ANY, each: 3 },
  { fault: 503, of: ANY, each: 3 },
  { fault: 403, of: PUT, each: 2 },
  { fault: 'slow', of: ANY, each: 4 },
  { fault: 'silent', of: PUT, each: 2 },
  { fault: 'lost', of: PUT, each: 2 },
];

/** Decides by counting: the last one of each so many requests that match. */
function hostile({ fault, of, each }: Hostility): (request: S3Request) => Fault {
  let count = 0;
  return ({ method, path }) =>
    of.test(`${method} ${path}`) && ++count % each === 0 ? fault : undefined;
}

/** Now and then each of them. */
function hostileInTurn(): (request: S3Request) => Fault {
  const all = HOSTILITIES.filter(({ fault }) => fault !== 'silent').map((hostility) =>
    hostile({ ...hostility, each: hostility.each * 9 }),
  );
  return (request) => all.map((decide) => decide(request)).find((fault) => fault !== undefined);
}

async function backup({ repository, data }: SeededRepository, seed: number): Promise<string> {
  changeTree(data, { seed, files: 8 });
  return repository.backup(data);
}

function setUp(generation: Generation, options: S3ClientOptions = {}): Promise<S3Client> {
  return setUpS3Client(generation, { poll: '1h', watch: false, ...options });
}

/** One pass, by the daemon if one runs. */
function sync({ syncd, env }: S3Client): Promise<SyncResult> {
  return syncd.sync(['ahost'], { env });
}

function startDaemon({ syncd, env }: S3Client): Promise<SyncDaemon> {
  return syncd.start(['run'], { env: { ...env, BACKUP_SYNCD_SILENCE_MS: SILENCE_MS } });
}

function uploads({ proxy }: S3Client): string[] {
  return proxy.requests.filter((request) => request.startsWith('PUT'));
}

/** Whatever happened: what is visible is whole, and what was said to be published is visible. */
async function expectWhole({ replica, seed }: S3Client, result?: SyncResult): Promise<void> {
  expect(wrongObjects(replica)).toEqual([]);
  const visible = visibleSnapshots(replica);
  const published = result?.backends.flatMap((backend) => backend.published) ?? [];
  expect(visible).toEqual(expect.arrayContaining(published.map((id) => `snapshots/${id}`)));
  if (visible.length === 0) return;
  expect(await checkReplica(replica, seed.repository.generation)).toMatchObject({ ok: true });
}

async function expectConverges(client: S3Client): Promise<void> {
  client.proxy.decide = () => undefined;
  const { code, stderr } = await sync(client);
  expect({ code, said: withoutProgress(stderr) }).toEqual({ code: 0, said: '' });
  expect(objectsOf(client.replica)).toEqual(objectsOf(client.seed.path));
  expect(wrongObjects(client.replica)).toEqual([]);
}

async function expectReadable({ replica, seed }: S3Client): Promise<void> {
  const { generation } = seed.repository;
  expect(await checkReplica(replica, generation, { readData: true })).toMatchObject({ ok: true });
}

describeWithTools(NEEDS, 'a hostile server', () => {
  test.each(generations)(
    '%s: whatever it does, what is visible is whole; and when it stops, all is there',
    async (generation) => {
      const client = await setUp(generation);
      await startDaemon(client);
      client.proxy.decide = hostileInTurn();
      for (let pass = 0; pass < 2; pass += 1) await expectWhole(client, await sync(client));
      expect(client.proxy.injected()).toBeGreaterThan(0);
      await expectConverges(client);
      const wanted = generation === 'newest' ? HOSTILITIES : HOSTILITIES.slice(-1);
      for (const [number, hostility] of wanted.entries()) {
        const { fault } = hostility;
        const before = client.proxy.injected();
        await backup(client.seed, number);
        client.proxy.decide = hostile(hostility);

        const result = await sync(client);

        expect({ fault, count: client.proxy.injected() }).not.toEqual({ fault, count: before }); // else it proves nothing
        await expectWhole(client, result);
        if (fault === 'lost')
          expect(result.backends).toMatchObject([{ outcome: 'failed', reason: 'verify' }]);
        if (fault === 'silent')
          expect(result.backends).toMatchObject([{ outcome: 'failed', reason: 'timeout' }]);
        await expectConverges(client);
      }
      await expectReadable(client);
    },
  );

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

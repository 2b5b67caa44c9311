import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startMinio } from '../support/minio.ts';
import { rclone, runningRclones, writeRcloneConfig } from '../support/rclone.ts';
import { checkReplica } from '../support/replica.ts';
import { ResticRepository } from '../support/restic.ts';
import { setUpS3Client } from '../support/s3-client.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, generations } from '../support/tools.ts';

describeWithTools(
  ['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone', 'minio'],
  'an rclone backend',
  () => {
    test.each(generations)(
      '%s: replicated, whole for restic, and restored from there',
      async (generation) => {
        const { seed, syncd, env, minio, proxy, direct, replica } = await setUpS3Client(generation);
        const daemon = await syncd.start(['run'], { env });
        await daemon.untilComplete('cloud', 2);
        expect((await daemon.backend('cloud')).baselineAt).toBeDefined();
        await waitFor(async () => (await daemon.backend('cloud')).state === 'idle', {
          what: 'idle',
        });
        proxy.requests.length = 0;
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        expect(proxy.requests).toEqual([]); // polls that find nothing new ask nobody

        writeFileSync(join(seed.data, 'new'), 'something new');
        const id = await seed.repository.backup(seed.data);
        await daemon.untilComplete('cloud', id);

        const objects = (await daemon.backend('cloud')).counters.transferredObjects;
        expect(objects).toBeGreaterThan(4);
        const puts = proxy.requests.filter((request) => request.startsWith('PUT')).length;
        expect(proxy.requests.length).toBeLessThanOrEqual(2 * puts + 6);
        expect(await checkReplica(replica, generation, { readData: true })).toMatchObject({
          ok: true,
        });
        const through = ResticRepository.open({
          ...{
            generation,
            url: minio.repositoryUrl('bucket', 'ahost'),
            env: minio.env,
            noLock: true,
          },
        });
        const restored = temporaryDirectory();
        await through.restore(restored, id);
        expect(readFileSync(join(restored, 'new'), 'utf8')).toBe('something new');
        const marker = rclone(generation, direct, [
          'cat',
          's3:bucket/ahost/.backup-syncd/backend.json',
        ]);
        expect(JSON.parse(marker.toString())).toMatchObject({ client: 'ahost', backend: 'cloud' });
      },
    );

    test('a place without a marker is not written to', async () => {
      const { syncd, env, direct, proxy } = await setUpS3Client('newest');
      rclone('newest', direct, ['deletefile', 's3:bucket/ahost/.backup-syncd/backend.json']);
      proxy.requests.length = 0;

      const { backends } = await syncd.sync(['ahost'], { env });

      expect(backends).toMatchObject([{ outcome: 'failed', reason: 'not_initialised' }]);
      expect(proxy.requests.filter((request) => request.startsWith('PUT'))).toEqual([]);
    });

    test('a replica is adopted, and an object that was lost there is sent again', async () => {
      const { syncd, env, direct, replica, seed } = await setUpS3Client('newest', {
        keys: { listEvery: '1m' },
      });
      await syncd.sync(['ahost'], { env });
      rclone('newest', direct, ['delete', 's3:bucket/ahost/data']);

      const out = await syncd.cli(['backend', 'init', 'ahost', 'cloud', '--adopt'], { env });
      const { backends } = await syncd.sync(['ahost'], { env });

      expect(out.stdout).toMatch(/[1-9]\d* are missing or differ and will be sent/);
      expect(backends).toMatchObject([{ outcome: 'complete' }]);
      expect(await checkReplica(replica, seed.repository.generation)).toMatchObject({ ok: true });
    });

    test('the server goes away and comes back', async () => {
      const { seed, minio, syncd, env } = await setUpS3Client('newest');
      const daemon = await syncd.start(['run'], { env });
      await daemon.untilComplete('cloud', 2);
      const address = new URL(minio.endpoint);
      await minio.stop();
      const id = await seed.repository.backup(seed.data);
      const down = await daemon.until('cloud', ({ state }) => state === 'retrying');
      expect(down).toMatchObject({ reason: 'unreachable', up: false });
      expect(down.hint).toBeDefined();

      await startMinio({ directory: minio.directory, port: Number(address.port) });
      await syncd.sync(['ahost'], { env });

      expect(await daemon.untilComplete('cloud', id)).toMatchObject({ state: 'idle', failures: 0 });
    });

    test('credentials expire and come back', async () => {
      const { seed, syncd, env, rcloneConfig, section } = await setUpS3Client('newest');
      const daemon = await syncd.start(['run'], { env });
      await daemon.untilComplete('cloud', 2);
      writeRcloneConfig(rcloneConfig, { s3: { ...section, secret_access_key: 'expired-key' } });
      const id = await seed.repository.backup(seed.data);
      const blocked = await daemon.until('cloud', ({ state }) => state === 'blocked');
      expect(blocked).toMatchObject({ reason: 'auth' });

      writeRcloneConfig(rcloneConfig, { s3: section });
      await syncd.sync(['ahost'], { env });

      await daemon.untilComplete('cloud', id);
    });

    test('damage at the source is not spread: packs of the view that are good go, what names them does not', async () => {
      const { seed, syncd, env, replica } = await setUpS3Client('newest');
      const shard = readdirSync(join(seed.path, 'data')).find(
        (name) => readdirSync(join(seed.path, 'data', name)).length > 0,
      );
      const [pack] = readdirSync(join(seed.path, 'data', shard ?? ''));
      const file = join(seed.path, 'data', shard ?? '', pack ?? '');
      const content = readFileSync(file);
      content.writeUInt8(content.readUInt8(10) ^ 1, 10);
      const { chmodSync } = await import('node:fs');
      chmodSync(file, 0o600);
      writeFileSync(file, content);

      const { backends } = await syncd.sync(['ahost'], { env });

      expect(backends).toMatchObject([{ outcome: 'failed', reason: 'source_corrupt' }]);
      const there = readdirSync(replica, { recursive: true }).map(String);
      expect(there.filter((path) => path.startsWith('snapshots/'))).toEqual([]);
      expect(there.some((path) => path.endsWith(pack ?? '-'))).toBe(false);
    });

    test('secrets show nowhere, and a killed daemon leaves no rclone behind', async () => {
      const { syncd, env, minio, section, seed } = await setUpS3Client('newest', {
        keys: { bandwidth: '64KiB/s' },
      });
      const remoteText = 's3:bucket/ahost';
      const daemon = await syncd.start(['run', '--log-level', 'debug'], { env });
      const seen = new Set<string>();
      await waitFor(
        () => {
          for (const { commandLine } of runningRclones(remoteText)) seen.add(commandLine);
          return [...seen].some((line) => line.includes(' copy '));
        },
        { what: 'a copy', intervalMs: 5 },
      );
      const texts = [
        ...seen,
        daemon.process.output(),
        await daemon.get('/metrics'),
        await daemon.get('/api/status'),
        ...readdirSync(syncd.stateDir)
          .filter((name) => name.endsWith('.json'))
          .map((name) => readFileSync(join(syncd.stateDir, name), 'utf8')),
      ];
      for (const text of texts) {
        expect(text).not.toContain(section['secret_access_key']);
        expect(text).not.toContain(`${section['access_key_id']}"`);
      }

      daemon.process.kill('SIGKILL');

      await waitFor(() => runningRclones(remoteText).length === 0, {
        what: 'no rclone',
        timeoutMs: 5_000,
      });
      expect(minio.process).toBeDefined();
      expect(seed.path).not.toBe('');
    });
  },
);

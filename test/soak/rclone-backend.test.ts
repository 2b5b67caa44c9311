import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startMinio } from '../support/minio.ts';
import { rclone, writeRcloneConfig } from '../support/rclone.ts';
import { checkReplica } from '../support/replica.ts';
import { setUpS3Client } from '../support/s3-client.ts';
import { describeWithTools } from '../support/tools.ts';

describeWithTools(
  ['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone', 'minio'],
  'an rclone backend that is not as it was',
  () => {
    test('a place without a marker is not written to', async () => {
      const { syncd, env, direct, proxy } = await setUpS3Client('newest');
      rclone('newest', direct, ['deletefile', 's3:bucket/ahost/.backup-syncd/backend.json']);
      proxy.requests.length = 0;

      const { backends } = await syncd.syncHere(['ahost'], env);

      expect(backends).toMatchObject([{ outcome: 'failed', reason: 'not_initialised' }]);
      expect(proxy.requests.filter((request) => request.startsWith('PUT'))).toEqual([]);
    });

    test('a replica is adopted, and an object that was lost there is sent again', async () => {
      const { syncd, env, direct, replica, seed } = await setUpS3Client('newest', {
        keys: { listEvery: '1m' },
      });
      await syncd.syncHere(['ahost'], env);
      rclone('newest', direct, ['delete', 's3:bucket/ahost/data']);

      const out = await syncd.here(['backend', 'init', 'ahost', 'cloud', '--adopt'], env);
      const { backends } = await syncd.syncHere(['ahost'], env);

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
      await syncd.syncHere(['ahost'], env);

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
      await syncd.syncHere(['ahost'], env);

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

      const { backends } = await syncd.syncHere(['ahost'], env);

      expect(backends).toMatchObject([{ outcome: 'failed', reason: 'source_corrupt' }]);
      const there = readdirSync(replica, { recursive: true }).map(String);
      expect(there.filter((path) => path.startsWith('snapshots/'))).toEqual([]);
      expect(there.some((path) => path.endsWith(pack ?? '-'))).toBe(false);
    });
  },
);

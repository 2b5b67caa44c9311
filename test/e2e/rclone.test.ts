import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { childrenOf, watchCommandLines } from '../support/descendants.ts';
import { rclone, runningRclones, writeRcloneConfig } from '../support/rclone.ts';
import { checkReplica, filesOf } from '../support/replica.ts';
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
        await daemon.untilPolled(3);
        expect(proxy.requests).toEqual([]); // polls that find nothing new send no requests

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
          generation,
          url: minio.repositoryUrl('bucket', 'ahost'),
          env: minio.env,
          noLock: true,
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

    test('secrets show nowhere: list of processes, log, metrics, status, state, marker', async () => {
      const { syncd, env, section, rcloneConfig, seed, replica } = await setUpS3Client('newest');
      const daemon = await syncd.start(['run', '--log-level', 'debug'], { env });
      const commandLines = watchCommandLines(daemon.process.pid);
      await daemon.untilComplete('cloud', 2);
      const expired = 'an-expired-secret';
      writeRcloneConfig(rcloneConfig, { s3: { ...section, secret_access_key: expired } });
      const id = await seed.repository.backup(seed.data);
      await daemon.until('cloud', ({ state }) => state === 'blocked');
      const status = await syncd.cli(['status', '--json'], { env });
      const whileBlocked = [await daemon.get('/metrics'), await daemon.get('/api/status')];
      writeRcloneConfig(rcloneConfig, { s3: section });
      const synced = await syncd.cli(['sync', '--json', 'ahost'], { env });
      await daemon.untilComplete('cloud', id);

      const served = [...whileBlocked, await daemon.get('/metrics'), await daemon.get('/')];
      await daemon.process.stop(); // so that no file of the state directory is exchanged while it is read

      const texts = {
        commandLines: [...commandLines].join('\n'),
        log: daemon.process.output(),
        served: served.join('\n'),
        said: [status, synced].map(({ stdout, stderr }) => stdout + stderr).join('\n'),
        state: filesOf(syncd.stateDir)
          .map((name) => readFileSync(join(syncd.stateDir, name), 'utf8'))
          .join('\n'),
        marker: readFileSync(join(replica, '.backup-syncd', 'backend.json'), 'utf8'),
      };

      for (const verb of ['copy', 'lsjson', 'cat', 'rcat'])
        expect(texts.commandLines).toMatch(new RegExp(`rclone ${verb} .*s3:bucket/ahost`));
      expect(texts.log).toContain('ahost');
      expect(texts.state).toContain('cloud');
      const secrets = [section['secret_access_key'] ?? '', section['access_key_id'] ?? '', expired];
      for (const [where, text] of Object.entries(texts)) {
        const found = secrets.filter((secret) => text.includes(secret));
        expect({ where, found }).toEqual({ where, found: [] });
      }
    });

    test('a killed daemon leaves no rclone behind', async () => {
      const { syncd, env } = await setUpS3Client('newest', { keys: { bandwidth: '64KiB/s' } });
      const remote = 's3:bucket/ahost';
      const daemon = await syncd.start(['run'], { env });
      const isCopying = () =>
        childrenOf(daemon.process.pid).length > 0 &&
        runningRclones(remote).some(({ commandLine }) => commandLine.includes(' copy '));
      await waitFor(isCopying, { what: 'a copy', intervalMs: 5 });

      daemon.process.kill('SIGKILL');

      await waitFor(() => runningRclones(remote).length === 0, {
        what: 'no rclone',
        timeoutMs: 20_000,
      });
    });
  },
);

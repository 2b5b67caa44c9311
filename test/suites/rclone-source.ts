import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { farSource, s3Section, startS3, writeRcloneConfig } from '../support/rclone.ts';
import { checkReplica } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { startS3Proxy, type S3Proxy } from '../support/s3-proxy.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith, type Generation } from '../support/tools.ts';

/** Where a remote backend is: another remote, at which objects are staged, or another path of the source's own. */
type Remote = 'far' | 'same';

/** A repository on this disk that is reached by rclone only, and a directory backend. */
export async function setUpDisk(generation: Generation) {
  const seed = await seedRepository(generation);
  const syncd = new Syncd();
  syncd.writeClient('ahost', { source: farSource(seed.path), backends: ['nas'] });
  const env = { PATH: pathWith(generation) };
  await syncd.init('nas', 'ahost', [], { env });
  return { seed, syncd, env, replica: syncd.backend('nas') };
}

/** A repository at MinIO, behind a proxy that counts, and a client with backends of both kinds. */
async function setUpS3(generation: Generation, remote: Remote) {
  const seed = await seedRepository(generation);
  const { minio } = await startS3();
  cpSync(seed.path, join(minio.directory, 'bucket', 'ahost'), { recursive: true });
  const proxy = await startS3Proxy(minio.endpoint);
  const section = s3Section(proxy.endpoint, minio);
  const far = temporaryDirectory();
  const config = { s3: section, far: { type: 'alias', remote: far } };
  const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), config);
  const remotes = { far: 'far:{client}', same: 's3:bucket/replicas/{client}' };
  const syncd = new Syncd();
  syncd.writeClient('ahost', {
    source: { rclone: 's3:bucket/{client}', rcloneConfig },
    backends: ['nas'],
    remotes: { [remote]: { rclone: remotes[remote], rcloneConfig } },
  });
  const env = { PATH: pathWith(generation) };
  const names = ['nas', remote];
  await Promise.all(names.map((name) => syncd.init(name, 'ahost', [], { env })));
  const url = minio.repositoryUrl('bucket', 'ahost');
  const repository = ResticRepository.open({ generation, url, env: minio.env });
  const paths = {
    far: join(far, 'ahost'),
    same: join(minio.directory, 'bucket/replicas/ahost'),
  };
  const replicas = { nas: syncd.backend('nas'), [remote]: paths[remote] };
  return { seed, proxy, section, config, rcloneConfig, syncd, env, repository, replicas };
}

/** The requests to the source while nothing happens. */
async function askedInPeace({ requests }: S3Proxy, ms: number): Promise<readonly string[]> {
  requests.length = 0;
  await sleep(ms);
  return [...requests];
}

export function testRcloneSource(remotes: readonly (readonly [Generation, Remote])[]): void {
  const needed = remotes.flatMap(
    ([generation]) => [`${generation}/restic`, `${generation}/rclone`] as const,
  );
  describeWithTools([...needed, 'minio'], 'an rclone source, polled', () => {
    test.each(remotes)(
      '%s: replicated to a directory and to a remote (%s); a poll costs one request',
      async (generation, remote) => {
        const { seed, proxy, syncd, env, repository, replicas, ...s3 } = await setUpS3(
          generation,
          remote,
        );
        const daemon = await syncd.start(['run'], { env });
        for (const backend of Object.keys(replicas)) await daemon.untilComplete(backend, 2);

        writeFileSync(join(seed.data, 'new'), 'something new');
        const id = await repository.backup(seed.data);
        for (const backend of Object.keys(replicas)) await daemon.untilComplete(backend, id);
        const checks = Object.values(replicas).map((replica) =>
          checkReplica(replica, generation, { readData: true }),
        );
        const ok = { ok: true };
        expect(await Promise.all(checks)).toMatchObject([ok, ok]);
        expect(readdirSync(join(replicas.nas, '.backup-syncd', 'tmp'))).toEqual([]);

        const { scans } = (await daemon.client()).source;
        const asked = await askedInPeace(proxy, 2_500);
        const polls = (await daemon.client()).source.scans - scans;
        expect(new Set(asked).size).toBe(1);
        expect(asked[0]).toMatch(/^GET .*prefix=ahost%2Fsnapshots%2F/);
        expect(Math.abs(asked.length - polls)).toBeLessThanOrEqual(1);

        const wrong = { ...s3.section, secret_access_key: 'expired' };
        writeRcloneConfig(s3.rcloneConfig, { ...s3.config, s3: wrong });
        const away = await daemon.untilSource(({ state }) => state === 'unreadable');
        expect(away.hint).toMatch(/check the credentials/);
        writeRcloneConfig(s3.rcloneConfig, s3.config);
        await daemon.untilSource(({ state }) => state === 'ok');
        expect(
          proxy.requests.filter((asked) => /^(PUT|POST|DELETE) \/bucket\/ahost\//.test(asked)),
        ).toEqual([]); // I12
      },
    );
  });
}

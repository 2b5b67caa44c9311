import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../../src/locations/directory/io/file-pool.ts';
import { RcloneLocation } from '../../../src/locations/rclone/rclone-location.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { objectPath } from '../../../src/repository/names.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { writeRcloneConfig } from '../../support/rclone.ts';
import { KINDS } from '../../support/rclone-kinds.ts';
import { startS3Proxy, type S3Proxy } from '../../support/s3-proxy.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { describeWithTools, generations, pathWith, type Generation } from '../../support/tools.ts';

const { signal } = new AbortController();
const HOW = { signal, minFreeBytes: 0, onProgress: () => undefined };

function sourceOf(content: string): { source: DirectoryLocation; id: string; objects: Catalogue } {
  const root = temporaryDirectory();
  const id = createHash('sha256').update(content).digest('hex');
  const file = join(root, objectPath('data', id));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  const pool = new FilePool();
  onCleanUp(() => pool.close());
  const source = new DirectoryLocation({ root, role: 'source', pool });
  return { source, id, objects: Catalogue.from([[id, content.length]]) };
}

type Server = 'MinIO' | 'rclone serve s3' | 'SeaweedFS';

async function throughProxy(
  server: Server,
  generation: Generation,
): Promise<{ proxy: S3Proxy; target: RcloneLocation }> {
  const { config, base } = await KINDS[server].start();
  const section: Readonly<Record<string, string>> = config.s3;
  const proxy = await startS3Proxy(section['endpoint'] ?? '');
  const configFile = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), {
    s3: { ...section, endpoint: proxy.endpoint },
  });
  const env = { PATH: pathWith(generation) };
  const target = new RcloneLocation({ remote: `${base}ahost`, configFile, role: 'backend', env });
  return { proxy, target };
}

/** Because of this, rclone need not compare hashes again after an upload to S3. */
describeWithTools(
  ['debian12/rclone', 'newest/rclone', 'minio', 'rclone-serve-s3', 'seaweedfs'],
  'an upload that is damaged on its way',
  () => {
    const cases = (['MinIO', 'rclone serve s3', 'SeaweedFS'] as const).flatMap((server) =>
      generations.map((generation) => [server, generation] as const),
    );
    test.each(cases)('is refused by %s, with rclone of %s', async (server, generation) => {
      const { proxy, target } = await throughProxy(server, generation);
      const { source, id, objects } = sourceOf('content of a pack');
      proxy.decide = ({ method, path }) =>
        method === 'PUT' && path.includes(id) ? 'damaged' : undefined;

      const damaged = await target.receive({ source, kind: 'data', objects }, HOW);

      expect(proxy.injected()).toBeGreaterThan(0);
      expect(damaged).toMatchObject({ placed: { count: 0 }, failure: { reason: 'tool' } });
      expect(await target.stat('data', [id], { signal })).toEqual([]);
      proxy.decide = () => undefined;
      const whole = await target.receive({ source, kind: 'data', objects }, HOW);
      expect([...whole.placed.entries()]).toEqual([...objects.entries()]);
    });
  },
);

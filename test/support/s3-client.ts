import { join } from 'node:path';
import type { Minio } from './minio.ts';
import { s3Section, startS3, writeRcloneConfig } from './rclone.ts';
import { seedRepository, type SeededRepository } from './restic.ts';
import { startS3Proxy, type S3Proxy } from './s3-proxy.ts';
import { Syncd } from './syncd.ts';
import { temporaryDirectory } from './temp.ts';
import { pathWith, type Generation } from './tools.ts';

export type S3Client = {
  readonly seed: SeededRepository;
  readonly minio: Minio;
  readonly proxy: S3Proxy;
  /** Of the remote `s3:`, which goes through the proxy. */
  readonly section: Readonly<Record<string, string>>;
  readonly rcloneConfig: string;
  /** The same past the proxy, which lives in this process and cannot answer while it waits for a child. */
  readonly direct: string;
  readonly syncd: Syncd;
  readonly env: Readonly<Record<string, string>>;
  /** The replica as files. */
  readonly replica: string;
};

export type S3ClientOptions = {
  readonly poll?: string;
  readonly watch?: boolean;
  /** More keys of the backend. */
  readonly keys?: Readonly<Record<string, unknown>>;
  /** More lines of the section of rclone.conf. */
  readonly section?: Readonly<Record<string, string>>;
  /** By default its own. */
  readonly seed?: SeededRepository;
};

/** A client `ahost` with one backend `cloud`: MinIO behind a proxy that counts, and can misbehave. */
export async function setUpS3Client(
  generation: Generation,
  options: S3ClientOptions = {},
): Promise<S3Client> {
  const seed = options.seed ?? (await seedRepository(generation));
  const { minio } = await startS3();
  const proxy = await startS3Proxy(minio.endpoint);
  const section = { ...s3Section(proxy.endpoint, minio), ...options.section };
  const directory = temporaryDirectory();
  const rcloneConfig = writeRcloneConfig(join(directory, 'rclone.conf'), { s3: section });
  const direct = writeRcloneConfig(join(directory, 'direct.conf'), {
    s3: s3Section(minio.endpoint, minio),
  });
  const syncd = new Syncd();
  syncd.writeClient('ahost', {
    source: seed.path,
    backends: [],
    remotes: { cloud: { rclone: 's3:bucket/{client}', rcloneConfig, ...options.keys } },
    poll: options.poll ?? '1s',
    watch: options.watch ?? true,
  });
  const env = { PATH: pathWith(generation) };
  await syncd.init('cloud', 'ahost', [], { env });
  const replica = join(minio.directory, 'bucket', 'ahost');
  return { seed, minio, proxy, section, rcloneConfig, direct, syncd, env, replica };
}

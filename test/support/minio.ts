import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess, type RunningProcess } from './process.ts';
import { freePort, temporaryDirectory, waitFor } from './temp.ts';
import { tool } from './tools.ts';

export type MinioOptions = {
  /** By default a temporary one. */
  readonly directory?: string;
  /**
   * `fs` (default): objects are the plain files `DIRECTORY/BUCKET/KEY`. `erasure`: each object is a directory with
   * `xl.meta` in each of `DIRECTORY/d1` … `d4`.
   */
  readonly mode?: 'fs' | 'erasure';
  /** By default a free one. */
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
};

export type Minio = {
  readonly directory: string;
  readonly endpoint: string;
  /** AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, for restic. */
  readonly env: Readonly<Record<string, string>>;
  readonly process: RunningProcess;
  /** For restic, which makes the bucket on `init`. */
  repositoryUrl(bucket: string, prefix?: string): string;
  stop(): Promise<void>;
};

const accessKey = 'minio-test';
const secretKey = 'minio-test-secret';

/** MinIO as of April 2021, the last under the Apache licence, and the one that still keeps plain files. */
export async function startMinio(options: MinioOptions = {}): Promise<Minio> {
  const directory = options.directory ?? temporaryDirectory();
  const address = `127.0.0.1:${options.port ?? (await freePort())}`;
  const endpoint = `http://${address}`;
  const home = temporaryDirectory();
  for (const number of options.mode === 'erasure' ? [1, 2, 3, 4] : []) {
    mkdirSync(join(directory, `d${number}`), { recursive: true });
  }
  const drives = options.mode === 'erasure' ? join(directory, 'd{1...4}') : directory;
  const server = startProcess(
    tool('minio'),
    ['server', '--quiet', '--config-dir', home, '--address', address, drives],
    {
      env: {
        HOME: home,
        MINIO_ROOT_USER: accessKey,
        MINIO_ROOT_PASSWORD: secretKey,
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
        ...options.env,
      },
    },
  );
  // Its health check says "ready" too early; until it is, it answers 503.
  await waitFor(async () => (await fetch(`${endpoint}/`)).status === 403, {
    what: `MinIO at ${address}`,
    timeoutMs: 120_000,
  });
  return {
    directory,
    endpoint,
    env: { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey },
    process: server,
    repositoryUrl: (bucket, prefix) => `s3:${[endpoint, bucket, prefix ?? []].flat().join('/')}`,
    stop: async () => {
      await server.stop();
    },
  };
}

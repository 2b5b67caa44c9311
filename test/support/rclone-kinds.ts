import { join } from 'node:path';
import { serveS3, serveSftp, serveWebdav, type Served } from './rclone-serve.ts';
import { obscure, rclone, startS3, writeRcloneConfig, type RcloneConfig } from './rclone.ts';
import { startSeaweedFs } from './seaweedfs.ts';
import { temporaryDirectory } from './temp.ts';
import type { Requirement } from './tools.ts';

/** A remote that runs, and ways to what it holds. */
export interface Remote {
  readonly config: RcloneConfig;
  /** places are made below it: `remote:` or `remote:bucket/` */
  readonly base: string;
  /** below which there is nothing, and nothing can be */
  readonly missing: string;
  /** the same place as `base`: a directory of plain files, or a remote for an rclone that looks past the tested one */
  readonly view: { readonly directory: string } | { readonly remote: string };
  /** to be called after changes past the server */
  readonly refresh?: () => Promise<void>;
}

type Storage = Omit<Served, 'refresh'> & Partial<Served>;

export interface Kind {
  readonly needs: readonly Requirement[];
  readonly keepsTimes: boolean;
  readonly tellsSpace: boolean;
  /** each object costs round trips that rclone spaces out */
  readonly isSlow: boolean;
  start(): Remote | Promise<Remote>;
}

const FAST = { needs: [], keepsTimes: true, tellsSpace: true, isSlow: false } as const;
const OBJECT_STORE = { ...FAST, keepsTimes: false, tellsSpace: false } as const;

/** Every kind of storage that is tested, by the name that docs/backends.md gives it. */
export const KINDS = {
  'local path': {
    ...FAST,
    start() {
      const directory = temporaryDirectory();
      return below('loc:', { directory, section: { type: 'alias', remote: directory } });
    },
  },
  sftp: {
    ...FAST,
    start: async () => below('sftp:', await serveSftp()),
  },
  WebDAV: {
    ...FAST,
    keepsTimes: false,
    tellsSpace: false,
    isSlow: true,
    start: async () => below('webdav:', await serveWebdav()),
  },
  MinIO: {
    ...OBJECT_STORE,
    needs: ['minio'],
    async start() {
      const { minio, section } = await startS3();
      return bucketOf({ directory: minio.directory, section });
    },
  },
  'rclone serve s3': {
    ...OBJECT_STORE,
    needs: ['rclone-serve-s3'],
    start: async () => bucketOf(await serveS3()),
  },
  SeaweedFS: {
    ...OBJECT_STORE,
    needs: ['seaweedfs'],
    async start() {
      const config = { s3: await startSeaweedFs() };
      rclone('newest', writeRcloneConfig(join(temporaryDirectory(), 'make.conf'), config), [
        ...['mkdir', 's3:bucket'],
      ]);
      return {
        config,
        base: 's3:bucket/',
        missing: 's3:gone/place',
        view: { remote: 's3:bucket/' },
      };
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** Everything is encrypted, names and contents, and stored at a remote of another kind. */
export function cryptOver(kind: Kind): Kind {
  return {
    ...kind,
    async start() {
      const { config, base, missing, view, ...rest } = await kind.start();
      const password = obscure('crypt-test-secret');
      const crypt = (remote: string) => ({ type: 'crypt', remote, password });
      const beneath = 'directory' in view ? `${view.directory}/` : view.remote;
      return {
        ...rest,
        config: {
          ...config,
          crypt: crypt(`${base}crypt`),
          gone: crypt(`${missing}/crypt`),
          view: crypt(`${beneath}crypt`),
        },
        base: 'crypt:',
        missing: 'gone:place',
        view: { remote: 'view:' },
      };
    },
  };
}

function below(remote: `${string}:`, { directory, section, ...rest }: Storage): Remote {
  const config = { [remote.slice(0, -1)]: section };
  return { ...rest, config, base: remote, missing: `${remote}gone/place`, view: { directory } };
}

function bucketOf({ directory, section, ...rest }: Storage): Remote {
  const view = { directory: join(directory, 'bucket') };
  const config = { s3: section };
  return { ...rest, config, base: 's3:bucket/', missing: 's3:gone/place', view };
}

import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { RcloneLocation } from '../../src/locations/rclone/rclone-location.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { startS3, writeRcloneConfig, type RcloneConfig } from '../support/rclone.ts';
import { temporaryDirectory } from '../support/temp.ts';
import {
  describeWithTools,
  pathWith,
  type Generation,
  type Requirement,
} from '../support/tools.ts';
import { locationContract, type ContractPlace } from '../contract/location-contract.ts';

const pool = new FilePool();
onCleanUp(() => pool.close());

/** A remote, and where its files are on disk. */
interface Remote {
  readonly config: RcloneConfig;
  /** places are made below it: `remote:` or `remote:bucket/` */
  readonly base: string;
  readonly directory: string;
  /** below which there is nothing, and nothing can be */
  readonly missing: string;
}

interface Kind {
  readonly needs?: readonly Requirement[];
  readonly generations: readonly Generation[];
  readonly keepsTimes: boolean;
  start(): Remote | Promise<Remote>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'local path': {
    generations: ['debian12', 'newest'],
    keepsTimes: true,
    start() {
      const directory = temporaryDirectory();
      const config = { loc: { type: 'alias', remote: directory } };
      return { config, base: 'loc:', directory, missing: 'loc:gone/place' };
    },
  },
  S3: {
    needs: ['minio'],
    generations: ['debian12', 'newest'],
    keepsTimes: false,
    async start() {
      const { minio, section } = await startS3();
      const directory = join(minio.directory, 'bucket');
      return { config: { s3: section }, base: 's3:bucket/', directory, missing: 's3:gone/place' };
    },
  },
};

for (const [name, kind] of Object.entries(KINDS)) {
  for (const generation of kind.generations) describeKind(name, kind, generation);
}

function describeKind(name: string, kind: Kind, generation: Generation): void {
  const needs = [`${generation}/rclone`, 'newest/rclone', ...(kind.needs ?? [])] as const;
  describeWithTools(needs, `rclone of ${generation}`, () => {
    let remote: Remote;
    let configFile: string;
    beforeAll(async () => {
      remote = await kind.start();
      configFile = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), remote.config);
    });
    const open = (place: string, role: 'source' | 'backend') => {
      const env = { PATH: pathWith(generation) };
      return new RcloneLocation({ remote: place, configFile, role, env });
    };
    locationContract(`rclone, ${name}`, {
      rounds: 2,
      keepsTimes: kind.keepsTimes,
      makeSource: () => onDisk(temporaryDirectory(), (root) => openSource(root)),
      makePlace(role) {
        const folder = randomUUID().slice(0, 8);
        const place = `${remote.base}${folder}`;
        return onDisk(join(remote.directory, folder), () => open(place, role));
      },
      missing: (role) => open(remote.missing, role),
    });
  });
}

function openSource(root: string): DirectoryLocation {
  return new DirectoryLocation({ root, role: 'source', pool });
}

function onDisk(root: string, open: (root: string) => ContractPlace['location']): ContractPlace {
  mkdirSync(root, { recursive: true });
  const all = () =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
  return {
    location: open(root),
    plant(path, content, mtimeMs) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      if (existsSync(file)) chmodSync(file, 0o600);
      writeFileSync(file, content);
      if (mtimeMs !== undefined) utimesSync(file, mtimeMs / 1000, mtimeMs / 1000);
    },
    unplant: (path) => rmSync(join(root, path)),
    content: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path)) : undefined),
    mtimeMs: (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs,
    files: () => all().filter((path) => !path.startsWith('.backup-syncd')),
    temporaries: () => all().filter((path) => path.startsWith('.backup-syncd/tmp/')),
    reopen: () => open(root),
  };
}

import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Lane } from './lane.ts';
import { rclone, startS3, writeRcloneConfig, type RcloneConfig } from './rclone.ts';
import { seedRepository } from './restic.ts';
import { Syncd } from './syncd.ts';
import { temporaryDirectory } from './temp.ts';
import { pathWith, type Generation } from './tools.ts';

/** A remote by its section, and where its files are on disk. */
interface Remote {
  readonly config: RcloneConfig;
  /** of the section, after the colon */
  readonly path: string;
  readonly directory: string;
  /** what is on disk is not what was sent */
  readonly isEncrypted?: boolean;
}

export type RemoteKind = (name: string) => Remote | Promise<Remote>;

export const localPath: RemoteKind = (name) => {
  const directory = temporaryDirectory();
  const config = { [name]: { type: 'alias', remote: directory } };
  return { config, path: 'ahost', directory: join(directory, 'ahost') };
};

export const s3: RemoteKind = async (name) => {
  const { minio, section } = await startS3();
  const directory = join(minio.directory, 'bucket', 'ahost');
  return { config: { [name]: section }, path: 'bucket/ahost', directory };
};

export const crypt: RemoteKind = (name) => {
  const directory = temporaryDirectory();
  const password = rclone('newest', '/dev/null', ['obscure', 'of a test']).toString().trim();
  const names = { filename_encryption: 'off', directory_name_encryption: 'false' };
  const config = { [name]: { type: 'crypt', remote: directory, password, ...names } };
  return { config, path: 'ahost', directory: join(directory, 'ahost'), isEncrypted: true };
};

export type RcloneLane = Lane & {
  /** `NAME:path`, which no other lane has. */
  readonly remote: string;
  readonly rcloneConfig: string;
};

export type RcloneLaneOptions = {
  readonly kind: RemoteKind;
  readonly generation: Generation;
  readonly extraSnapshots: number;
  /** More keys of the backend. */
  readonly keys?: Readonly<Record<string, unknown>>;
  /** By default the rclone of the generation is on the PATH. */
  readonly env?: Readonly<Record<string, string>>;
};

/** A lane whose replica is at an rclone remote, and on this machine. */
export async function makeRcloneLane(options: RcloneLaneOptions): Promise<RcloneLane> {
  const { kind, generation, keys, extraSnapshots } = options;
  const section = `lane${randomBytes(4).toString('hex')}`;
  const { config, path, directory, isEncrypted = false } = await kind(section);
  const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), config);
  const remote = `${section}:${path}`;
  const env = options.env ?? { PATH: pathWith(generation) };
  const seed = await seedRepository(generation);
  const syncd = new Syncd();
  const backend = { rclone: remote, rcloneConfig, ...keys };
  syncd.writeClient('ahost', { source: seed.path, backends: [], remotes: { far: backend } });
  await syncd.init('far', 'ahost', [], { env });
  const around = { source: seed.path, remote, rcloneConfig, generation };
  const place = { generation, syncd, directory, env, ...(isEncrypted && decrypting(around)) };
  return Object.assign(await Lane.create(seed, place, extraSnapshots), { remote, rcloneConfig });
}

function decrypting(options: {
  readonly source: string;
  readonly remote: string;
  readonly rcloneConfig: string;
  readonly generation: Generation;
}): { fill: (objects: readonly string[]) => void; open: () => string } {
  const { source, remote, rcloneConfig, generation } = options;
  const plain = join(temporaryDirectory(), 'plain');
  return {
    fill(objects) {
      const args = ['copy', source, remote, '--files-from-raw', '-'];
      rclone(generation, rcloneConfig, args, objects.join('\n'));
    },
    open() {
      rmSync(plain, { recursive: true, force: true });
      mkdirSync(plain);
      rclone(generation, rcloneConfig, ['copy', remote, plain, '--exclude', '/.backup-syncd/**']);
      return plain;
    },
  };
}

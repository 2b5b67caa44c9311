import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commandsIn, withNames } from '../support/document.ts';
import { runProcess } from '../support/process.ts';
import { objectsOf } from '../support/replica.ts';
import { obscure, rclone, startS3, writeRcloneConfig } from '../support/rclone.ts';
import {
  resticPassword,
  ResticRepository,
  seedRepository,
  type SeededRepository,
} from '../support/restic.ts';
import { treeDifferences } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, generations, pathWith, type Generation } from '../support/tools.ts';
import { treeOf } from '../support/tree.ts';

const CRYPT_PASSWORD = 'crypt secret';

const sections = commandsIn('docs/restore.md');

/** A person with a replica, two passwords and nothing of backup-syncd. */
class Survivor {
  readonly home = temporaryDirectory();
  private readonly generation: Generation;
  private readonly names: ReadonlyMap<string, string>;

  /** @param names what the document's examples are called here */
  constructor(generation: Generation, names: Readonly<Record<string, string>>) {
    this.generation = generation;
    this.names = new Map(Object.entries(names));
    writeFileSync(join(this.home, 'ahost.password'), `${resticPassword}\n`);
    writeFileSync(join(this.home, 'crypt.password'), `${CRYPT_PASSWORD}\n`);
  }

  /** Types the commands of a section. Each name that is replaced must be in it. */
  async follow(heading: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const example = sections.get(heading);
    if (example === undefined || example === '') throw new Error(`no commands below ${heading}`);
    const script = withNames(example, this.names);
    const { code, stdout, stderr } = await runProcess('bash', ['-euo', 'pipefail', '-c', script], {
      env: { PATH: pathWith(this.generation), HOME: this.home, ...environment },
    });
    if (code !== 0) throw new Error(`${heading}: exit code ${code}\n${stdout}${stderr}`);
  }

  async expectRestored(seed: SeededRepository, directory = 'restored'): Promise<void> {
    expect(await treeDifferences(seed.data, join(this.home, directory))).toEqual([]);
  }
}

/** Replicates a seeded repository to one backend. */
async function replicate(
  generation: Generation,
  remotes: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Promise<{ readonly syncd: Syncd; readonly seed: SeededRepository }> {
  const seed = await seedRepository(generation);
  const syncd = new Syncd();
  const env = { PATH: pathWith(generation) };
  const isDirectory = Object.keys(remotes).length === 0;
  syncd.writeClient('ahost', { source: seed.path, backends: isDirectory ? ['usb'] : [], remotes });
  for (const backend of isDirectory ? ['usb'] : Object.keys(remotes))
    await syncd.init(backend, 'ahost', [], { env });
  const { backends } = await syncd.syncHere(['ahost'], env);
  expect(backends).toMatchObject([{ outcome: 'complete' }]);
  return { syncd, seed };
}

describeWithTools(
  ['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone', 'minio'],
  'docs/restore.md, followed to the letter',
  () => {
    test.each(generations)('from a disk, with restic of %s', async (generation) => {
      const { syncd, seed } = await replicate(generation);
      const replica = syncd.backend('usb');
      const folder = readdirSync(seed.data, { withFileTypes: true }).find((entry) =>
        entry.isDirectory(),
      );
      const before = treeOf(replica);
      const survivor = new Survivor(generation, {
        '/mnt/usb/restic/ahost': replica,
        '/documents': `/${folder?.name ?? ''}`,
      });

      await survivor.follow('From a disk');

      await survivor.expectRestored(seed);
      const some = readdirSync(join(survivor.home, 'some'));
      expect(some).toEqual([folder?.name]);
      expect(treeOf(replica)).toEqual(before);
    });

    test('from S3, with an old restic', async () => {
      const generation = 'debian12';
      const { section } = await startS3();
      const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), {
        s3: section,
      });
      const { seed } = await replicate(generation, {
        s3: { rclone: 's3:bucket/ahost', rcloneConfig },
      });
      const survivor = new Survivor(generation, {
        ACCESS_KEY: section['access_key_id'] ?? '',
        SECRET_KEY: section['secret_access_key'] ?? '',
        'https://s3.example.org/my-backups': `${section['endpoint'] ?? ''}/bucket`,
      });

      await survivor.follow('From S3');

      await survivor.expectRestored(seed);
    });

    test('from another remote, with the newest rclone', async () => {
      const generation = 'newest';
      const directory = temporaryDirectory();
      const nas = { type: 'alias', remote: directory };
      const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), { nas });
      const { seed } = await replicate(generation, {
        nas: { rclone: 'nas:restic/ahost', rcloneConfig },
      });
      const survivor = new Survivor(generation, { 'nas:restic/ahost': 'nas:restic/ahost' });
      writeRcloneConfig(join(survivor.home, 'rclone.conf'), { nas });

      await survivor.follow('From another remote');

      await survivor.expectRestored(seed);
    });

    test('from an encrypted remote, with an old rclone', async () => {
      const generation = 'debian12';
      const { section } = await startS3();
      const secret = {
        type: 'crypt',
        remote: 's3:bucket/encrypted',
        password: obscure(CRYPT_PASSWORD),
      };
      const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), {
        s3: section,
        secret,
      });
      const { seed } = await replicate(generation, {
        secret: { rclone: 'secret:ahost', rcloneConfig },
      });
      const stored = rclone('newest', rcloneConfig, ['lsf', '-R', 's3:bucket']).toString();
      expect(stored).not.toMatch(/snapshots|ahost/);
      const survivor = new Survivor(generation, {
        ACCESS_KEY: section['access_key_id'] ?? '',
        SECRET_KEY: section['secret_access_key'] ?? '',
        'https://s3.example.org': section['endpoint'] ?? '',
        's3:my-backups/encrypted': 's3:bucket/encrypted',
      });

      await survivor.follow('From an encrypted remote');

      await survivor.expectRestored(seed);
    });

    test('what a damaged replica still holds comes back', async () => {
      const { syncd, seed } = await replicate('newest');
      const replica = syncd.backend('usb');
      const packs = objectsOf(replica).filter((path) => path.startsWith('data/'));
      const largest = packs.sort((a, b) => sizeOf(replica, b) - sizeOf(replica, a))[0];
      rmSync(join(replica, largest ?? ''));
      const target = join(temporaryDirectory(), 'restored');
      const { code, stderr } = await ResticRepository.open({
        generation: 'newest',
        path: replica,
        noLock: true,
      }).tryRun(['restore', 'latest', '--target', target, '--no-lock']);

      const differences = await treeDifferences(seed.data, target);
      const names = differences.map((line) => line.slice(0, line.indexOf(':')));
      expect(code).toBe(1);
      expect(names).not.toEqual([]);
      expect(names.filter((name) => !stderr.includes(name))).toEqual([]);
      expect(readdirSync(seed.data, { recursive: true }).length).toBeGreaterThan(names.length);
    });

    test('a replica is checked, and objects that were retired are found again', async () => {
      const { syncd, seed } = await replicate('newest');
      const replica = syncd.backend('usb');
      const [oldest] = await seed.repository.snapshots();
      await seed.repository.forget([oldest?.id ?? '']);
      await syncd.syncHere();
      const retired = await syncd.here(['backend', 'retire', 'ahost', 'usb', '--all', '--yes']);
      expect(retired).toMatchObject({ code: 0 });
      const environment = { RESTIC_PASSWORD_FILE: temporaryPassword() };
      const survivor = new Survivor('newest', { '/mnt/usb/restic/ahost': replica });

      await survivor.follow('Look among retired objects', environment);
      await new Survivor('newest', {}).follow('Check a replica', {
        ...environment,
        RESTIC_REPOSITORY: replica,
      });

      const copy = ResticRepository.open({
        generation: 'newest',
        path: join(survivor.home, 'copy'),
        noLock: true,
      });
      const ids = (await copy.snapshots()).map(({ id }) => id);
      expect(ids).toContain(oldest?.id);
      expect(await copy.check({ readData: true })).toMatchObject({ ok: true });
    });

    test('a new server starts from a replica, and takes over another one', async () => {
      const { syncd } = await replicate('newest');
      const replica = syncd.backend('usb');
      const source = join(temporaryDirectory(), 'srv');
      const survivor = new Survivor('newest', {
        '/mnt/usb/restic/ahost': replica,
        '/srv/restic': source,
      });

      await survivor.follow('Run a new server from a replica', {
        RESTIC_PASSWORD_FILE: temporaryPassword(),
      });

      const server = new Syncd();
      server.writeClient('ahost', { source: join(source, 'ahost'), backends: { usb: replica } });
      await server.init('usb', 'ahost', ['--adopt']);
      const { backends } = await server.syncHere();
      expect(backends).toMatchObject([{ outcome: 'nothing', sent: { objects: 0 } }]);
    });
  },
);

function sizeOf(replica: string, path: string): number {
  return statSync(join(replica, path)).size;
}

function temporaryPassword(): string {
  const file = join(temporaryDirectory(), 'password');
  writeFileSync(file, `${resticPassword}\n`);
  return file;
}

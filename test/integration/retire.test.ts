import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { RETIRE_STEPS } from '../../src/backends/retire.ts';
import { startS3, writeRcloneConfig } from '../support/rclone.ts';
import { checkReplica, objectsOf, wrongObjects } from '../support/replica.ts';
import { ResticRepository, seedRepository, type SeededRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith, type Generation } from '../support/tools.ts';

interface Rig {
  readonly syncd: Syncd;
  readonly seed: SeededRepository;
  readonly backend: string;
  /** the replica as files */
  readonly replica: string;
  readonly env: Readonly<Record<string, string>>;
}

async function makeRig(kind: 'directory' | 'S3', generation: Generation): Promise<Rig> {
  const seed = await seedRepository(generation);
  const syncd = new Syncd();
  const env = { PATH: pathWith(generation) };
  const backend = 'near';
  if (kind === 'directory') {
    await syncd.addClient('ahost', { source: seed.path, backends: [backend] });
    return { syncd, seed, backend, env, replica: syncd.backend(backend) };
  }
  const { minio, section } = await startS3();
  const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), {
    s3: section,
  });
  const remotes = { [backend]: { rclone: 's3:bucket/ahost', rcloneConfig } };
  syncd.writeClient('ahost', { source: seed.path, backends: [], remotes });
  await syncd.init(backend, 'ahost', [], { env });
  return { syncd, seed, backend, env, replica: join(minio.directory, 'bucket', 'ahost') };
}

async function sync({ syncd, env }: Rig): Promise<void> {
  expect((await syncd.sync(['ahost'], { env })).code).toBe(0);
}

async function retire({ syncd, backend, env }: Rig, args: readonly string[], killAt?: string) {
  const [verb = '', ...rest] = args;
  const hooks = killAt === undefined ? {} : { BACKUP_SYNCD_KILL_AT: killAt };
  return syncd.cli(['backend', verb, 'ahost', backend, ...rest], { env: { ...env, ...hooks } });
}

async function expectWhole({ replica, seed }: Rig, when: string): Promise<void> {
  const { ok, output } = await checkReplica(replica, seed.repository.generation);
  expect({ when, ok, output: ok ? '' : output }).toMatchObject({ ok: true });
  expect(wrongObjects(replica)).toEqual([]);
}

/** A second key is there and gone, the older snapshot is forgotten, and its packs are pruned: all of it is at the replica. */
async function makeSurplus(rig: Rig): Promise<void> {
  const { repository } = rig.seed;
  const password = join(temporaryDirectory(), 'password');
  writeFileSync(password, 'another one');
  await repository.run(['key', 'add', '--new-password-file', password]);
  await sync(rig);
  const other = ResticRepository.open({
    ...{ generation: repository.generation, path: rig.seed.path, password: 'another one' },
  });
  const { stdout } = await other.run(['key', 'list', '--json']);
  const keys = JSON.parse(stdout) as { id: string; current: boolean }[];
  await repository.run(['key', 'remove', keys.find(({ current }) => current)?.id ?? '']);
  const [oldest] = await repository.snapshots();
  await repository.forget([oldest?.id ?? '']);
  await repository.prune(['--max-unused', '0']);
  await sync(rig);
}

function indexesAndMore(path: string): string[] {
  return objectsOf(path).filter((object) => !object.startsWith('data/'));
}

/** A copy of the replica as it is. */
function keep({ replica }: Rig): string {
  const copy = join(temporaryDirectory(), 'copy');
  cpSync(replica, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

function setBack({ replica }: Rig, copy: string): void {
  rmSync(replica, { recursive: true });
  cpSync(copy, replica, { recursive: true, preserveTimestamps: true });
}

describeWithTools(
  ['newest/restic', 'debian12/restic', 'debian12/rclone', 'minio'],
  'retire',
  () => {
    test.each([
      // a rename is one step
      ['directory', 'newest', RETIRE_STEPS.filter((step) => !step.endsWith('-copied'))],
      ['S3', 'debian12', RETIRE_STEPS.filter((step) => step.endsWith('-copied'))],
    ] as const)(
      'SIGKILL at each step in a %s: the replica is whole, and it can be finished or undone',
      async (kind, generation, steps) => {
        const rig = await makeRig(kind, generation);
        await makeSurplus(rig);
        const [before, wanted] = [rig.replica, rig.seed.path].map(indexesAndMore);
        expect(before?.length).toBeGreaterThan((wanted?.length ?? 0) + 2);
        const saved = { surplus: keep(rig), retired: '' };
        expect(await retire(rig, ['retire', '--all', '--yes'])).toMatchObject({ code: 0 });
        expect(indexesAndMore(rig.replica)).toEqual(wanted);
        saved.retired = keep(rig);

        for (const [i, step] of steps.entries()) {
          const isRestore = step.startsWith('restore');
          setBack(rig, isRestore ? saved.retired : saved.surplus);
          const args = isRestore ? ['restore-retired', '--yes'] : ['retire', '--all', '--yes'];
          expect({ step, ...(await retire(rig, args, step)) }).toMatchObject({ signal: 'SIGKILL' });
          await expectWhole(rig, `killed at ${step}`);
          const isFinished = i % 2 === 0 || /tried|listed/.test(step);
          const verb = isFinished ? ['retire', '--all', '--yes'] : ['restore-retired', '--yes'];
          expect({ step, ...(await retire(rig, verb)) }).toMatchObject({ code: 0 });
          expect({ step, objects: indexesAndMore(rig.replica) }).toEqual({
            step,
            objects: isFinished ? wanted : before,
          });
        }
        await expectWhole(rig, 'at the end');
        const { code, backends } = await rig.syncd.sync(['ahost'], { env: rig.env });
        expect({ code, sent: backends.map(({ sent }) => sent.objects) }).toEqual({
          code: 0,
          sent: [0],
        });
      },
      600_000,
    );

    describe('what it says and refuses', () => {
      let rig: Rig;
      beforeAll(async () => {
        rig = await makeRig('directory', 'newest');
        await makeSurplus(rig);
      }, 120_000);

      test('status counts the stale key; --dry-run shows what would be moved and moves nothing', async () => {
        const before = objectsOf(rig.replica);
        const status = await rig.syncd.cli(['status']);
        const { code, stdout } = await retire(rig, ['retire', '--all', '--dry-run']);

        expect(status.stdout).toContain('1 stale key');
        expect(status.stdout).toContain('backup-syncd backend retire ahost near --keys');
        expect({ code, stdout }).toMatchObject({ code: 0 });
        for (const kind of ['snapshots/', 'index/', 'keys/']) expect(stdout).toContain(kind);
        expect(objectsOf(rig.replica)).toEqual(before);
      });

      test('without a terminal and without --yes nothing is moved', async () => {
        const before = objectsOf(rig.replica);
        const { code, stderr } = await retire(rig, ['retire', '--all']);

        expect(code).toBe(64);
        expect(stderr).toContain('give --yes');
        expect(objectsOf(rig.replica)).toEqual(before);
      });

      test('an index that a snapshot which stays may need is refused', async () => {
        const atSource = new Set(objectsOf(rig.seed.path));
        const index = objectsOf(rig.replica).find(
          (path) => path.startsWith('index/') && !atSource.has(path),
        );
        const { code, stderr } = await retire(rig, ['retire', index ?? '', '--yes']);

        expect(code).toBe(1);
        expect(stderr).toContain('may need it');
      });

      test('--keys goes through the daemon, says how to destroy them, and they count until then', async () => {
        const daemon = await rig.syncd.start();
        await daemon.until('near', ({ state }) => state === 'idle');
        const { code, stdout } = await retire(rig, ['retire', '--keys', '--yes']);
        const after = await daemon.metric('backend_stale_keys', { backend: 'near' });
        const command = /^ {2}(rm .*)$/m.exec(stdout)?.[1] ?? '';
        const path = command.split(' ').at(-1) ?? '';

        expect({ code, after }).toEqual({ code: 0, after: 1 });
        expect(existsSync(path)).toBe(true);
        expect(readdirSync(join(rig.replica, 'keys'))).toHaveLength(1);
        await rig.syncd.cli(['sync', 'ahost']);
        expect((await daemon.backend('near')).state).toBe('idle');
        await daemon.process.stop();
      });
    });
  },
);

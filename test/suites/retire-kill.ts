import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { RetireStep } from '../../src/backends/retire.ts';
import { startS3, writeRcloneConfig } from '../support/rclone.ts';
import { checkReplica, objectsOf, wrongObjects } from '../support/replica.ts';
import { seedRepository, type SeededRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import {
  describeWithTools,
  pathWith,
  type Generation,
  type Requirement,
} from '../support/tools.ts';

/** A client with one backend, on which objects are retired. */
export interface Rig {
  readonly syncd: Syncd;
  readonly seed: SeededRepository;
  readonly backend: string;
  /** the replica as files */
  readonly replica: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function makeRig(kind: 'directory' | 'S3', generation: Generation): Promise<Rig> {
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

export async function retire(
  { syncd, backend, env }: Rig,
  args: readonly string[],
  killAt?: string,
) {
  const [verb = '', ...rest] = args;
  const command = ['backend', verb, 'ahost', backend, ...rest];
  if (killAt === undefined) return syncd.here(command, env);
  return syncd.cli(command, { env: { ...env, BACKUP_SYNCD_KILL_AT: killAt } });
}

async function expectWhole({ replica, seed }: Rig, when: string): Promise<void> {
  const { ok, output } = await checkReplica(replica, seed.repository.generation);
  expect({ when, ok, output: ok ? '' : output }).toMatchObject({ ok: true });
  expect(wrongObjects(replica)).toEqual([]);
}

/** A second key is there and gone, the older snapshot is forgotten, and its packs are pruned: all of it is at the replica. */
export async function makeSurplus(rig: Rig): Promise<void> {
  const { repository } = rig.seed;
  await repository.addKey('another one');
  await sync(rig);
  await repository.removeKeyOf('another one');
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

/**
 * Kills a retirement, or a restoration, at each of some steps. After each the replica is whole, and what was begun can be finished
 * or undone.
 */
export function testRetireKills(
  kind: 'directory' | 'S3',
  generation: Generation,
  steps: readonly RetireStep[],
): void {
  const tools: readonly Requirement[] = [
    `${generation}/restic`,
    ...(kind === 'S3' ? ([`${generation}/rclone`, 'minio'] as const) : []),
  ];
  describeWithTools(tools, `a killed retirement in a ${kind}`, () => {
    test(`the replica is intact after SIGKILL at ${steps.join(', ')}`, async () => {
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
    }, 600_000);
  });
}

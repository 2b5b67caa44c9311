import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { keyFile } from '../support/key-file.ts';
import { sha256 } from '../support/memory-location.ts';
import { runProcess } from '../support/process.ts';
import { checkReplica, objectsOf, wrongObjects } from '../support/replica.ts';
import {
  resticPassword,
  ResticRepository,
  seedRepository,
  type SeededRepository,
} from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

/** The commands of docs/operations.md, "After a repair at the source". */
class Walk {
  readonly syncd: Syncd;
  readonly seed: SeededRepository;
  readonly generation: Generation;

  private constructor(seed: SeededRepository, generation: Generation) {
    this.syncd = new Syncd();
    this.seed = seed;
    this.generation = generation;
  }

  static async begin(generation: Generation, { adopt = false } = {}): Promise<Walk> {
    const walk = new Walk(await seedRepository(generation), generation);
    const settings = { source: walk.seed.path, backends: ['near'] };
    if (adopt) walk.syncd.writeClient('ahost', settings);
    else await walk.syncd.addClient('ahost', settings);
    if (!adopt) await walk.sync();
    return walk;
  }

  get replica(): string {
    return this.syncd.backend('near');
  }

  async run(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.syncd.here(line.split(' '));
    expect({ line, code, stderr: code === 0 ? '' : stderr }).toMatchObject({ code: 0 });
    return stdout;
  }

  async sync(): Promise<void> {
    await this.run('sync ahost');
  }

  /** Everything at the place except packs equals the source, and `restic check` passes. */
  async expectRepaired(): Promise<void> {
    expect(indexesAndMore(this.replica)).toEqual(indexesAndMore(this.seed.path));
    expect(wrongObjects(this.replica)).toEqual([]);
    expect(await checkReplica(this.replica, this.generation)).toMatchObject({ ok: true });
  }

  async isBroken(): Promise<boolean> {
    return !(await checkReplica(this.replica, this.generation)).ok;
  }

  async opensWith(password: string): Promise<boolean> {
    const { generation, replica: path } = this;
    const replica = ResticRepository.open({ generation, path, password, noLock: true });
    return (await replica.tryRun(['cat', 'config', '--no-lock'])).code === 0;
  }
}

function indexesAndMore(path: string): string[] {
  return objectsOf(path).filter((object) => !object.startsWith('data/'));
}

/** The commands that a retirement of keys prints at its end. */
function destroyCommands(stdout: string): string[] {
  return [...stdout.matchAll(/^ {2}(rm .*)$/gm)].map(([, command = '']) => command);
}

async function destroyKeys(stdout: string): Promise<void> {
  const commands = destroyCommands(stdout);
  expect(commands).not.toEqual([]);
  for (const command of commands)
    expect(await runProcess('/bin/sh', ['-c', command])).toMatchObject({ code: 0 });
}

function passwordFile(password: string): string {
  const path = join(temporaryDirectory(), 'password');
  writeFileSync(path, password);
  return path;
}

describeWithTools(['newest/restic', 'debian12/restic'], 'repairs at the source', () => {
  test('a junk key and a junk index', async () => {
    const walk = await Walk.begin('debian12');
    const junk = { index: 'junk', keys: keyFile() };
    for (const [kind, content] of Object.entries(junk))
      writeFileSync(join(walk.seed.path, kind, sha256(content)), content);
    await walk.sync();
    expect(await walk.isBroken()).toBe(true);

    for (const [kind, content] of Object.entries(junk))
      rmSync(join(walk.seed.path, kind, sha256(content)));
    await walk.syncd.here(['sync', 'ahost']);
    await walk.syncd.here(['sync', 'ahost']);
    await walk.syncd.here(['ack', 'ahost', '--reason', 'the junk index was removed']);
    await walk.sync();
    const status = await walk.syncd.here(['status']);
    expect(status.stdout).toContain('1 stale key');
    await walk.run(`backend retire ahost near --keys index/${sha256('junk').slice(0, 8)} --yes`);

    await walk.expectRepaired();
    await walk.sync();
  });

  test('a lost pack, then restic repair index and restic repair snapshots --forget', async () => {
    const walk = await Walk.begin('newest', { adopt: true });
    const { path, repository, data } = walk.seed;
    await repository.backup(data, { tags: ['later'] });
    // the largest pack has contents of files: without the pack of its root, a snapshot is removed, which is an alarm
    const sizeOf = (object: string) => statSync(join(path, object)).size;
    const packs = objectsOf(path).filter((object) => object.startsWith('data/'));
    const [pack = ''] = packs.sort((one, other) => sizeOf(other) - sizeOf(one));
    rmSync(join(path, pack));
    await walk.syncd.init('near');
    await walk.sync(); // the missing pack cannot be noticed yet
    expect(await walk.isBroken()).toBe(true);

    await repository.run(['repair', 'index']);
    await repository.run(['repair', 'snapshots', '--forget']);
    expect(await repository.check()).toMatchObject({ ok: true });
    await walk.sync();
    expect(await walk.isBroken()).toBe(true);
    await walk.run('backend retire ahost near --all --yes');

    await walk.expectRepaired();
    await walk.sync();
  });

  test('an adopted copy that lacks packs which the source has pruned', async () => {
    // restic 0.14 takes minutes to give up on a missing tree
    const walk = await Walk.begin('newest', { adopt: true });
    const { path, repository } = walk.seed;
    const before = objectsOf(path).map(
      (object) => [object, readFileSync(join(path, object))] as const,
    );
    const [oldest] = await repository.snapshots();
    await repository.forget([oldest?.id ?? '']);
    await repository.prune(['--max-unused', '0']);
    for (const [object, content] of before) {
      if (object.startsWith('data/') && !objectsOf(path).includes(object)) continue;
      mkdirSync(join(walk.replica, object, '..'), { recursive: true });
      writeFileSync(join(walk.replica, object), content);
    }
    await walk.run('backend init --adopt --same-disk ahost near');
    await walk.sync();
    expect(await walk.isBroken()).toBe(true);
    expect(await walk.run('snapshots ahost')).toContain('unproven');
    expect((await walk.syncd.here(['status', 'ahost'])).stdout).toContain('1 unproven');

    await walk.run('backend retire ahost near --all --yes');

    await walk.expectRepaired();
    expect(await walk.run('snapshots ahost')).not.toContain('unproven');
    await walk.sync();
  });

  test('restic key remove', async () => {
    const walk = await Walk.begin('newest');
    const { path, repository } = walk.seed;
    await repository.run(['key', 'add', '--new-password-file', passwordFile('another one')]);
    await walk.sync();
    expect(await walk.opensWith('another one')).toBe(true);
    const other = ResticRepository.open({ generation: 'newest', path, password: 'another one' });
    const { stdout } = await other.run(['key', 'list', '--json']);
    const keys = JSON.parse(stdout) as { id: string; current: boolean }[];
    await repository.run(['key', 'remove', keys.find(({ current }) => current)?.id ?? '']);
    await walk.sync();
    expect(await walk.opensWith('another one')).toBe(true);

    await destroyKeys(await walk.run('backend retire ahost near --keys --yes'));

    expect(await walk.opensWith('another one')).toBe(false);
    expect(await walk.opensWith(resticPassword)).toBe(true);
    await walk.sync();
    await walk.expectRepaired();
    expect((await walk.syncd.here(['status', 'ahost'])).stdout).not.toContain('stale');
  });

  test('restic key passwd', async () => {
    const walk = await Walk.begin('debian12');
    const { path, repository } = walk.seed;
    await repository.run(['key', 'passwd', '--new-password-file', passwordFile('a new one')]);
    await walk.sync();
    expect(readdirSync(join(walk.replica, 'keys'))).toHaveLength(2);

    const said = await walk.run('backend retire ahost near --keys --yes');
    expect(await walk.opensWith(resticPassword)).toBe(false);
    await destroyKeys(said);

    expect(await walk.opensWith('a new one')).toBe(true);
    await walk.sync();
    expect(indexesAndMore(walk.replica)).toEqual(indexesAndMore(path));
  });
});

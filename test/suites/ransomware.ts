import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { AlarmReason } from '../../src/facts/source-guard.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { InProcess } from '../support/in-process.ts';
import { startS3, writeRcloneConfig } from '../support/rclone.ts';
import { checkReplica, objectsOf, wrongObjects } from '../support/replica.ts';
import { ResticRepository, resticPassword, seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { pathWith, type Generation } from '../support/tools.ts';

const HOUR = 3_600_000;

/** The things that an attacker has: the files of a repository, and its password. */
interface Target {
  readonly path: string;
  readonly generation: Generation;
}

interface Attack {
  act(target: Target): void | Promise<void>;
  /** the alarms that follow from names and sizes */
  readonly alarms: readonly AlarmReason[];
  /** what `status` says */
  readonly says: RegExp;
  /** the alarm when objects are read, for a backend that is set up afterwards */
  readonly whenRead?: readonly AlarmReason[];
}

const UNNOTICED = /ahost/;

export const ATTACKS = {
  'snapshots are deleted': {
    act: ({ path }) => deleteAll(path, 'snapshots'),
    alarms: ['snapshots_removed'],
    says: /no longer has any snapshots: all \d+ are gone/,
  },
  'objects are overwritten with another size': {
    act: ({ path }) => overwrite(path, (size) => size + 16),
    alarms: ['objects_changed'],
    says: /\d+ files of the source were overwritten/,
  },
  'objects are overwritten with the same size': {
    act: ({ path }) => overwrite(path, (size) => size),
    alarms: [],
    says: UNNOTICED,
    whenRead: ['objects_changed'],
  },
  'objects are encrypted and renamed': {
    act: ({ path }) => encryptAndRename(path, /^(config$|keys|data|index|snapshots)/),
    alarms: ['objects_removed'],
    says: /config has vanished|keys? .*vanished|vanished/,
  },
  'the repository is made again': {
    act: makeAgain,
    alarms: ['snapshots_removed'],
    says: /a different repository/,
  },
  'a fake snapshot is added': {
    act: ({ path }) => addFake(path),
    alarms: [],
    says: UNNOTICED,
  },
  'keys are swapped': {
    act: swapKeys,
    alarms: [],
    says: /the keys of the source changed: 1 added, 1 removed/,
  },
  'everything at once': {
    async act(target) {
      await swapKeys(target);
      overwrite(target.path, (size) => size + 16);
      encryptAndRename(target.path, /^index/);
      deleteAll(target.path, 'snapshots');
      addFake(target.path);
    },
    alarms: ['objects_changed', 'objects_removed'],
    says: /overwritten|vanished/,
  },
} as const satisfies Readonly<Record<string, Attack>>;
export type AttackName = keyof typeof ATTACKS;

export type SourceKind = 'directory' | 'remote';
export type BackendKind = 'directory' | 'remote' | 's3';

interface ScenarioOptions {
  readonly generation: Generation;
  readonly source: SourceKind;
  readonly backends: readonly BackendKind[];
}

/** A client whose source is attacked, and the replicas that it has. */
export class Scenario {
  readonly source: string;
  private readonly generation: Generation;
  private readonly syncd: Syncd;
  private readonly replicas: ReadonlyMap<string, string>;
  private readonly commands: InProcess;
  private readonly before: readonly string[];
  private later = 0;

  private constructor(made: Omit<Made, 'backends'>, generation: Generation) {
    this.generation = generation;
    this.source = made.source;
    this.syncd = made.syncd;
    this.replicas = made.replicas;
    const clock = { ...systemClock, now: () => Date.now() + this.later };
    this.commands = new InProcess(this.syncd.configDir, clock, { PATH: pathWith(generation) });
    this.before = objectsOf(this.source);
  }

  /** Everything is replicated, and two checks have found every size. */
  static async create({ generation, ...options }: ScenarioOptions): Promise<Scenario> {
    const scenario = new Scenario(await make(generation, options), generation);
    for (const backend of scenario.replicas.keys())
      if (backend !== 'late') await scenario.init(backend);
    await scenario.sync();
    await scenario.sync();
    expect(await scenario.alarms()).toEqual([]);
    return scenario;
  }

  /** One attack, up to the alarm, and back to a repository that works. */
  async suffer(name: AttackName): Promise<void> {
    const attack: Attack = ATTACKS[name];
    await attack.act({ path: this.source, generation: this.generation });
    this.later += HOUR; // nothing looks as if it were still being written
    await this.sync();
    await this.sync(); // some alarms need a second look
    expect(await this.alarms()).toEqual(attack.alarms);
    expect((await this.commands.run('status', 'ahost')).stdout).toMatch(attack.says);
    await this.expectIntact();
    if (attack.whenRead !== undefined) {
      await this.init('late');
      await this.sync();
      expect(await this.alarms()).toEqual(attack.whenRead);
    }
    await this.expectIntact();
    await this.recover();
  }

  /** All objects that were there are there, and restic restores all that they hold. */
  private async expectIntact(): Promise<void> {
    for (const [backend, replica] of this.replicas) {
      if (backend === 'late') continue;
      const there = new Set(objectsOf(replica));
      expect({ backend, gone: this.before.filter((path) => !there.has(path)) }).toEqual({
        backend,
        gone: [],
      });
      expect({ backend, wrong: wrongObjects(replica) }).toEqual({ backend, wrong: [] });
      const copy = join(temporaryDirectory(), 'copy');
      for (const path of this.before) cpSync(join(replica, path), join(copy, path));
      for (const kind of ['keys', 'locks', 'snapshots'])
        mkdirSync(join(copy, kind), { recursive: true });
      const { ok, output } = await checkReplica(copy, this.generation, { readData: true });
      expect({ backend, ok, output }).toMatchObject({ backend, ok: true });
    }
  }

  /** The source is put back from a replica, and the alarm acknowledged. */
  private async recover(): Promise<void> {
    const [replica = ''] = this.replicas.values();
    rmSync(this.source, { recursive: true });
    for (const path of this.before) cpSync(join(replica, path), join(this.source, path));
    mkdirSync(join(this.source, 'locks'));
    const alarms = await this.alarms();
    await this.sync();
    await this.sync();
    expect(await this.alarms()).toEqual(expect.arrayContaining(alarms)); // a fake that leaves was the newest
    const acknowledged = await this.commands.run('ack', 'ahost', '--reason', 'restored');
    expect(acknowledged).toMatchObject({ code: 0, stdout: expect.stringContaining('is ok') });
    await this.sync();
    const { stdout } = await this.commands.run('status', 'ahost');
    expect(stdout).not.toContain('CRITICAL');
    expect(await this.alarms()).toEqual([]);
  }

  private async alarms(): Promise<string[]> {
    const { stdout } = await this.commands.run('status', 'ahost', '--json');
    const { clients } = JSON.parse(stdout) as {
      clients: { source: { alarms?: { reason: string }[] } }[];
    };
    return (clients[0]?.source.alarms ?? []).map(({ reason }) => reason).sort();
  }

  private async init(backend: string): Promise<void> {
    const made = await this.commands.run('backend', 'init', '--same-disk', 'ahost', backend);
    expect(made).toMatchObject({ code: 0 });
  }

  /** Lists everything, as once a day, and reads what is to be sent. */
  private async sync(): Promise<void> {
    await this.commands.run('sync', 'ahost');
  }
}

interface Made {
  readonly syncd: Syncd;
  readonly source: string;
  /** where the files of each backend are on this disk */
  readonly replicas: ReadonlyMap<string, string>;
}

async function make(
  generation: Generation,
  { source, backends }: Omit<ScenarioOptions, 'generation'>,
): Promise<Made> {
  const seed = await seedRepository(generation);
  const syncd = new Syncd({ defaults: { expect: { snapshotEvery: 'off', copies: 2 } } });
  const [rcloneConfig, home] = [join(temporaryDirectory(), 'rclone.conf'), temporaryDirectory()];
  const replicas = new Map<string, string>();
  const s3 = backends.includes('s3') ? await startS3() : undefined;
  for (const kind of [...backends, 'late'] as const)
    replicas.set(
      kind,
      kind === 's3' ? join(s3?.minio.directory ?? '', 'bucket/ahost') : join(home, kind),
    );
  writeRcloneConfig(rcloneConfig, {
    source: { type: 'alias', remote: seed.path },
    far: { type: 'alias', remote: home },
    ...(s3 !== undefined && { s3: s3.section }),
  });
  const remotes = { remote: 'far:remote', s3: 's3:bucket/ahost' };
  syncd.writeClient('ahost', {
    source: source === 'remote' ? { rclone: 'source:', rcloneConfig } : seed.path,
    backends: Object.fromEntries(
      [...replicas].filter(([kind]) => kind === 'directory' || kind === 'late'),
    ),
    remotes: Object.fromEntries(
      backends.flatMap((kind) =>
        kind === 'directory' ? [] : [[kind, { rclone: remotes[kind], rcloneConfig }]],
      ),
    ),
  });
  return { syncd, source: seed.path, replicas };
}

function deleteAll(repository: string, kind: string): void {
  for (const name of readdirSync(join(repository, kind))) rmSync(join(repository, kind, name));
}

/** Packs and indexes get other content in place, as a tool does that encrypts files. */
function overwrite(repository: string, sizeOf: (size: number) => number): void {
  for (const path of objectsOf(repository).filter((path) => /^(data|index)/.test(path))) {
    const file = join(repository, path);
    const { size } = statSync(file);
    chmodSync(file, 0o600);
    writeFileSync(file, randomBytes(sizeOf(size)));
  }
}

function encryptAndRename(repository: string, which: RegExp): void {
  for (const path of objectsOf(repository).filter((path) => which.test(path))) {
    const file = join(repository, path);
    chmodSync(file, 0o600);
    writeFileSync(file, randomBytes(readFileSync(file).length));
    renameSync(file, `${file}.locked`);
  }
}

async function makeAgain({ path, generation }: Target): Promise<void> {
  rmSync(path, { recursive: true });
  const repository = await ResticRepository.create({ generation, path, password: 'theirs' });
  const data = temporaryDirectory();
  writeFileSync(join(data, 'READ_ME.txt'), 'pay');
  await repository.backup(data);
}

function addFake(repository: string): void {
  const content = randomBytes(200);
  const id = createHash('sha256').update(content).digest('hex');
  writeFileSync(join(repository, 'snapshots', id), content);
}

/** The key of the client is replaced by one of the attacker. */
async function swapKeys({ path, generation }: Target): Promise<void> {
  const repository = ResticRepository.open({ generation, path });
  await repository.addKey('theirs');
  const theirs = ResticRepository.open({ generation, path, password: 'theirs' });
  await theirs.removeKeyOf(resticPassword);
}

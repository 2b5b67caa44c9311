import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { startDaemon } from '../support/cli.ts';
import {
  checkReplica,
  foreignFiles,
  objectsOf,
  visibleSnapshots,
  wrongObjects,
} from '../support/replica.ts';
import { seedRepository, type ResticRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { STEP_NAMES } from '../../src/replication/sync.ts';
import { Syncd } from '../support/syncd.ts';
import { describeWithTools, generations, type Generation } from '../support/tools.ts';

/** Of a backend that has `config` and the keys. */
const STEPS_OF_LATER_ONES = STEP_NAMES.filter((step) => !/config|keys/.test(step));
/** For each generation of restic. */
const RANDOM_KILLS = 60;
/** Backups that the source has beside the two of the seed. */
const EXTRA_SNAPSHOTS = 5;

/** A source that grows, and a replica that can be set back to how it was at any snapshot. */
class Lane {
  readonly generation: Generation;
  readonly repository: ResticRepository;
  readonly source: string;
  readonly data: string;
  readonly syncd: Syncd;
  readonly replica: string;
  /** the objects of the source after each snapshot, and at first none */
  readonly stages: string[][] = [[]];
  kills = 0;
  /** kills that left the replica with some of what was to be sent */
  partial = 0;

  private constructor(options: {
    generation: Generation;
    seed: { repository: ResticRepository; path: string; data: string };
    syncd: Syncd;
  }) {
    this.generation = options.generation;
    this.repository = options.seed.repository;
    this.source = options.seed.path;
    this.data = options.seed.data;
    this.syncd = options.syncd;
    this.replica = options.syncd.backend('near');
  }

  static async create(generation: Generation): Promise<Lane> {
    const seed = await seedRepository(generation);
    const syncd = await Syncd.create({ source: seed.path, backends: ['near'] });
    const lane = new Lane({ generation, seed, syncd });
    cpSync(join(lane.replica, '.backup-syncd'), join(syncd.directory, 'marker'), {
      recursive: true,
    });
    lane.stages.push(objectsOf(lane.source));
    for (let number = 0; number < EXTRA_SNAPSHOTS; number += 1) await lane.backup(number);
    return lane;
  }

  async backup(seed: number): Promise<void> {
    changeTree(this.data, { seed: 100 + seed, files: 8 });
    await this.repository.backup(this.data);
    this.stages.push(objectsOf(this.source));
  }

  /** Makes the replica what it was when the source had its first so many snapshots; 0 is a fresh backend. */
  setBack(stage: number): void {
    rmSync(this.replica, { recursive: true });
    rmSync(this.syncd.stateDir, { recursive: true, force: true });
    mkdirSync(this.syncd.stateDir, { mode: 0o700 });
    cpSync(join(this.syncd.directory, 'marker'), join(this.replica, '.backup-syncd'), {
      recursive: true,
    });
    for (const object of this.stages[stage] ?? []) {
      mkdirSync(dirname(join(this.replica, object)), { recursive: true, mode: 0o700 });
      copyFileSync(join(this.source, object), join(this.replica, object));
    }
  }

  async killAtStep(step: string): Promise<void> {
    const before = objectsOf(this.replica).length;
    const env = { BACKUP_SYNCD_KILL_AT: step };
    const { signal, stderr } = await this.syncd.cli(['sync', 'ahost'], { env });
    expect({ step, signal, stderr }).toEqual({ step, signal: 'SIGKILL', stderr: '' });
    await this.examine(before, `at ${step}`);
  }

  /** Kills a sync some time after it began to write. */
  async killAtRandom(random: () => number): Promise<void> {
    const before = objectsOf(this.replica).length;
    const env = this.syncd.environment();
    const sync = startDaemon(['sync', 'ahost'], { env });
    const exit = sync.exited;
    const state = { isOver: false };
    void exit.then(() => (state.isOver = true));
    const temporary = join(this.replica, '.backup-syncd', 'tmp');
    const wait = random() < 0.15 ? random() * 800 : undefined; // some before anything is written
    if (wait !== undefined) await sleep(wait);
    while (wait === undefined && !state.isOver) {
      const hasBegun = existsSync(temporary) && readdirSync(temporary).length > 0;
      if (hasBegun || objectsOf(this.replica).length > before) break;
      await sleep(1);
    }
    await sleep(random() ** 2 * 120);
    sync.killGroup('SIGKILL');
    const { signal } = await exit;
    if (signal !== 'SIGKILL') return; // it was faster
    await this.examine(before, 'at random');
  }

  /** All that is visible is whole, and no name stands for other bytes. */
  private async examine(before: number, when: string): Promise<void> {
    this.kills += 1;
    const objects = objectsOf(this.replica);
    if (objects.length > before && objects.length < objectsOf(this.source).length) {
      this.partial += 1;
    }
    expect({ when, wrong: wrongObjects(this.replica) }).toEqual({ when, wrong: [] });
    const { ok, output } = await checkReplica(this.replica, this.generation);
    if (ok) return;
    const isRepository = objects.includes('config') && objects.some((o) => o.startsWith('keys/'));
    const visible = visibleSnapshots(this.replica);
    expect({ when, output, isRepository, visible }).toEqual({
      when,
      output: expect.stringMatching(/unable to open config|no key|does not exist/i),
      isRepository: false,
      visible: [],
    });
  }

  async converge(): Promise<void> {
    const result = await this.syncd.sync();
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(objectsOf(this.replica)).toEqual(objectsOf(this.source));
    expect(foreignFiles(this.replica)).toEqual([]);
    expect(wrongObjects(this.replica)).toEqual([]);
    expect(readdirSync(join(this.replica, '.backup-syncd', 'tmp'))).toEqual([]);
    expect(await checkReplica(this.replica, this.generation)).toMatchObject({ ok: true });
  }
}

async function killAtSteps(lane: Lane): Promise<void> {
  for (const step of STEP_NAMES) {
    lane.setBack(0);
    await lane.killAtStep(step);
  }
  await lane.converge();
  for (const step of STEPS_OF_LATER_ONES) {
    lane.setBack(3);
    await lane.killAtStep(step);
  }
  await lane.converge();
}

async function killAtRandomTimes(lane: Lane): Promise<void> {
  const until = lane.kills + RANDOM_KILLS;
  let backup: Promise<void> = Promise.resolve();
  for (let round = 0; lane.kills < until && round < 3 * RANDOM_KILLS; round += 1) {
    const isComplete = objectsOf(lane.replica).length === objectsOf(lane.source).length;
    if (isComplete || Math.random() < 0.3) {
      lane.setBack(Math.floor(Math.random() ** 2 * (EXTRA_SNAPSHOTS + 2)));
    }
    // restic adds a snapshot while this sync and those after it are killed
    if (round % 12 === 6) backup = lane.backup(1_000 + round);
    await lane.killAtRandom(Math.random);
    if (round % 12 === 11) {
      await backup;
      await lane.converge();
    }
  }
  await backup;
  await lane.converge();
}

describeWithTools(
  generations.map((generation) => `${generation}/restic` as const),
  'kill -9 of a sync',
  () => {
    test('at every named step and at random: what is visible is whole, and it converges', async () => {
      const startedAt = Date.now();
      const lanes = await Promise.all(generations.map((generation) => Lane.create(generation)));
      await Promise.all(
        lanes.map(async (lane) => {
          await killAtSteps(lane);
          await killAtRandomTimes(lane);
        }),
      );
      const kills = lanes.reduce((sum, lane) => sum + lane.kills, 0);
      const partial = lanes.reduce((sum, lane) => sum + lane.partial, 0);
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      console.info(`${kills} kills, ${partial} of them in the middle of sending, in ${seconds} s`);
      expect(kills).toBeGreaterThanOrEqual(150);
      expect(partial).toBeGreaterThanOrEqual(30);
    }, 900_000);
  },
);

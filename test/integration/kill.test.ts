import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { STEP_NAMES } from '../../src/replication/sync.ts';
import { replicaOnDisk } from '../support/lane-replica.ts';
import { EXTRA_SNAPSHOTS, LaneSource } from '../support/lane-source.ts';
import { Lane } from '../support/lane.ts';
import { objectsOf } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { describeWithTools, generations, type Generation } from '../support/tools.ts';

/** Of a backend that has `config` and the keys. */
const STEPS_OF_LATER_ONES = STEP_NAMES.filter((step) => !/config|keys/.test(step));
/** For each generation of restic. */
const RANDOM_KILLS = 60;
async function makeLane(generation: Generation): Promise<Lane> {
  const seed = await seedRepository(generation);
  const syncd = await Syncd.create({ source: seed.path, backends: ['near'] });
  const replica = replicaOnDisk(syncd.backend('near'));
  return new Lane(await LaneSource.create(seed), { generation, syncd, replica });
}

/** Kills a sync some time after it began to write. */
async function killAtRandom(lane: Lane): Promise<void> {
  const directory = lane.place.syncd.backend('near');
  const sync = lane.start();
  const state = { isOver: false };
  void sync.exited.then(() => (state.isOver = true));
  const temporary = join(directory, '.backup-syncd', 'tmp');
  const wait = Math.random() < 0.15 ? Math.random() * 800 : undefined; // some before anything is written
  if (wait !== undefined) await sleep(wait);
  while (wait === undefined && !state.isOver) {
    const hasBegun = existsSync(temporary) && readdirSync(temporary).length > 0;
    if (hasBegun || objectsOf(directory).length > lane.present) break;
    await sleep(1);
  }
  await sleep(Math.random() ** 2 * 120);
  sync.killGroup('SIGKILL');
  const { signal } = await sync.exited;
  if (signal !== 'SIGKILL') return; // it was faster
  await lane.examine('at random');
}

async function killAtSteps(lane: Lane): Promise<void> {
  for (const step of STEP_NAMES) {
    await lane.setBack(0);
    await lane.killAtStep(step);
  }
  await lane.converge();
  for (const step of STEPS_OF_LATER_ONES) {
    await lane.setBack(3);
    await lane.killAtStep(step);
  }
  await lane.converge();
}

async function killAtRandomTimes(lane: Lane): Promise<void> {
  const until = lane.examined + RANDOM_KILLS;
  let backup: Promise<void> = Promise.resolve();
  for (let round = 0; lane.examined < until && round < 3 * RANDOM_KILLS; round += 1) {
    if (lane.isComplete || Math.random() < 0.3) {
      await lane.setBack(Math.floor(Math.random() ** 2 * (EXTRA_SNAPSHOTS + 2)));
    }
    // restic adds a snapshot while this sync and those after it are killed
    if (round % 12 === 6) backup = lane.source.backup(1_000 + round);
    await killAtRandom(lane);
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
      const lanes = await Promise.all(generations.map((generation) => makeLane(generation)));
      await Promise.all(
        lanes.map(async (lane) => {
          await killAtSteps(lane);
          await killAtRandomTimes(lane);
        }),
      );
      const kills = lanes.reduce((sum, lane) => sum + lane.examined, 0);
      const partial = lanes.reduce((sum, lane) => sum + lane.partial, 0);
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      console.info(`${kills} kills, ${partial} of them in the middle of sending, in ${seconds} s`);
      expect(kills).toBeGreaterThanOrEqual(150);
      expect(partial).toBeGreaterThanOrEqual(30);
    }, 900_000);
  },
);

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { STEP_NAMES } from '../../src/replication/pass.ts';
import { replicaOnDisk } from '../support/lane-replica.ts';
import { EXTRA_SNAPSHOTS, LaneSource } from '../support/lane-source.ts';
import { Lane } from '../support/lane.ts';
import { objectsOf } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { countForSummary, seededRandom } from '../support/seed.ts';
import { Syncd } from '../support/syncd.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

/** The steps of a pass to a backend that has `config` and the keys. */
const LATER_STEPS = STEP_NAMES.filter((step) => !/config|keys/.test(step));

export interface KillOptions {
  /** One lane each, all at once. */
  readonly generations: readonly Generation[];
  /** For each generation, beside one at every named step. */
  readonly randomKills: number;
  /** The test fails when fewer syncs were killed in all. */
  readonly atLeast: number;
  /** The test fails when fewer of them were killed after some objects were sent, but not all. */
  readonly atLeastPartial: number;
}

/** Kills a sync to a directory at every named step, then at random moments. */
export function testKills(options: KillOptions): void {
  describeWithTools(
    options.generations.map((generation) => `${generation}/restic` as const),
    'kill -9 of a sync',
    () => {
      test('at every named step and at random: visible snapshots are intact, and the pass converges', async () => {
        const lanes = await Promise.all(options.generations.map(makeLane));
        await Promise.all(lanes.map((lane) => killMany(lane, options.randomKills)));
        const kills = lanes.reduce((sum, lane) => sum + lane.examined, 0);
        const partial = lanes.reduce((sum, lane) => sum + lane.partial, 0);
        console.info(`${kills} kills, ${partial} of them in the middle of sending`);
        for (const { examined, place } of lanes)
          countForSummary('kills', `directory, restic of ${place.generation}`, examined);
        expect(kills).toBeGreaterThanOrEqual(options.atLeast);
        expect(partial).toBeGreaterThanOrEqual(options.atLeastPartial);
      }, 1_800_000);
    },
  );
}

async function makeLane(generation: Generation): Promise<Lane> {
  const seed = await seedRepository(generation);
  const syncd = await Syncd.create({ source: seed.path, backends: ['near'] });
  const replica = replicaOnDisk(syncd.backend('near'));
  return new Lane(await LaneSource.create(seed), { generation, syncd, replica });
}

async function killMany(lane: Lane, randomKills: number): Promise<void> {
  await killAtSteps(lane);
  await killAtRandomTimes(lane, randomKills);
}

async function killAtSteps(lane: Lane): Promise<void> {
  for (const step of STEP_NAMES) {
    await lane.setBack(0);
    await lane.killAtStep(step);
  }
  await lane.converge();
  for (const step of LATER_STEPS) {
    await lane.setBack(3);
    await lane.killAtStep(step);
  }
  await lane.converge();
}

async function killAtRandomTimes(lane: Lane, kills: number): Promise<void> {
  const random = seededRandom(`kills, restic of ${lane.place.generation}`);
  const until = lane.examined + kills;
  let backup: Promise<void> = Promise.resolve();
  for (let round = 0; lane.examined < until && round < 3 * kills; round += 1) {
    if (lane.isComplete || random() < 0.3) {
      await lane.setBack(Math.floor(random() ** 2 * (EXTRA_SNAPSHOTS + 2)));
    }
    // restic adds a snapshot while this sync and those after it are killed
    if (round % 12 === 6) backup = lane.source.backup(1_000 + round);
    await killAtRandom(lane, random);
    if (round % 12 === 11) {
      await backup;
      await lane.converge();
    }
  }
  await backup;
  await lane.converge();
}

/** Kills a sync some time after it began to write. */
async function killAtRandom(lane: Lane, random: () => number): Promise<void> {
  const directory = lane.place.syncd.backend('near');
  const sync = lane.start();
  const state = { isOver: false };
  void sync.exited.then(() => (state.isOver = true));
  const temporary = join(directory, '.backup-syncd', 'tmp');
  const wait = random() < 0.15 ? random() * 800 : undefined; // some before anything is written
  if (wait !== undefined) await sleep(wait);
  while (wait === undefined && !state.isOver) {
    const hasBegun = existsSync(temporary) && readdirSync(temporary).length > 0;
    if (hasBegun || objectsOf(directory).length > lane.present) break;
    await sleep(1);
  }
  await sleep(random() ** 2 * 120);
  sync.killGroup('SIGKILL');
  const { signal } = await sync.exited;
  if (signal !== 'SIGKILL') return; // it was faster
  await lane.examine('at random');
}

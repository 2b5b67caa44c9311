import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { STEP_NAMES } from '../../src/replication/pass.ts';
import { replicaOnDisk } from '../support/rig-replica.ts';
import { EXTRA_SNAPSHOTS, RigSource } from '../support/rig-source.ts';
import { ReplicaRig } from '../support/replica-rig.ts';
import { objectsOf } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { countForSummary, seededRandom } from '../support/seed.ts';
import { Syncd } from '../support/syncd.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

/** The steps of a pass to a backend that has `config` and the keys. */
const LATER_STEPS = STEP_NAMES.filter((step) => !/config|keys/.test(step));

export interface KillOptions {
  /** One rig each, all at once. */
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
        const rigs = await Promise.all(options.generations.map(makeRig));
        await Promise.all(rigs.map((rig) => killMany(rig, options.randomKills)));
        const kills = rigs.reduce((sum, rig) => sum + rig.examined, 0);
        const partial = rigs.reduce((sum, rig) => sum + rig.partial, 0);
        console.info(`${kills} kills, ${partial} of them in the middle of sending`);
        for (const { examined, place } of rigs)
          countForSummary('kills', `directory, restic of ${place.generation}`, examined);
        expect(kills).toBeGreaterThanOrEqual(options.atLeast);
        expect(partial).toBeGreaterThanOrEqual(options.atLeastPartial);
      }, 1_800_000);
    },
  );
}

async function makeRig(generation: Generation): Promise<ReplicaRig> {
  const seed = await seedRepository(generation);
  const syncd = await Syncd.create({ source: seed.path, backends: ['near'] });
  const replica = replicaOnDisk(syncd.backend('near'));
  return new ReplicaRig(await RigSource.create(seed), { generation, syncd, replica });
}

async function killMany(rig: ReplicaRig, randomKills: number): Promise<void> {
  await killAtSteps(rig);
  await killAtRandomTimes(rig, randomKills);
}

async function killAtSteps(rig: ReplicaRig): Promise<void> {
  for (const step of STEP_NAMES) {
    await rig.setBack(0);
    await rig.killAtStep(step);
  }
  await rig.converge();
  for (const step of LATER_STEPS) {
    await rig.setBack(3);
    await rig.killAtStep(step);
  }
  await rig.converge();
}

async function killAtRandomTimes(rig: ReplicaRig, kills: number): Promise<void> {
  const random = seededRandom(`kills, restic of ${rig.place.generation}`);
  const until = rig.examined + kills;
  let backup: Promise<void> = Promise.resolve();
  for (let round = 0; rig.examined < until && round < 3 * kills; round += 1) {
    if (rig.isComplete || random() < 0.3) {
      await rig.setBack(Math.floor(random() ** 2 * (EXTRA_SNAPSHOTS + 2)));
    }
    // restic adds a snapshot while this sync and those after it are killed
    if (round % 12 === 6) backup = rig.source.backup(1_000 + round);
    await killAtRandom(rig, random);
    if (round % 12 === 11) {
      await backup;
      await rig.converge();
    }
  }
  await backup;
  await rig.converge();
}

/** Kills a sync some time after it began to write. */
async function killAtRandom(rig: ReplicaRig, random: () => number): Promise<void> {
  const directory = rig.place.syncd.backend('near');
  const sync = rig.start();
  const state = { isOver: false };
  void sync.exited.then(() => (state.isOver = true));
  const temporary = join(directory, '.backup-syncd', 'tmp');
  const wait = random() < 0.15 ? random() * 800 : undefined; // some before anything is written
  if (wait !== undefined) await sleep(wait);
  while (wait === undefined && !state.isOver) {
    const hasBegun = existsSync(temporary) && readdirSync(temporary).length > 0;
    if (hasBegun || objectsOf(directory).length > rig.present) break;
    await sleep(1);
  }
  await sleep(random() ** 2 * 120);
  sync.killGroup('SIGKILL');
  const { signal } = await sync.exited;
  if (signal !== 'SIGKILL') return; // it was faster
  await rig.examine('at random');
}

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { childrenOf } from '../support/descendants.ts';
import { runningRclones } from '../support/rclone.ts';
import {
  crypt,
  localPath,
  makeRcloneLane,
  s3,
  type RcloneLane,
  type RemoteKind,
} from '../support/rclone-lane.ts';
import { objectsOf } from '../support/replica.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

const VICTIMS = ['rclone', 'daemon', 'both'] as const;
type Victim = (typeof VICTIMS)[number];

const STEPS_OF_FIRST = ['config-written', 'data-received', 'snapshots-received'];
const STEPS_OF_LATER_ONES = ['index-received', 'index-proven'];
/** Starts of rclone in a pass, about. */
const STARTS = 15;

interface Plan {
  readonly kind: RemoteKind;
  readonly generation: Generation;
  /** beside the kills at named steps; what lies there encrypted takes longest to look at */
  readonly randomKills: number;
}

const LANES: readonly Plan[] = [
  { kind: localPath, generation: 'debian12', randomKills: 38 },
  { kind: crypt, generation: 'newest', randomKills: 14 },
  { kind: s3, generation: 'newest', randomKills: 38 },
];

async function makeLane(options: Plan): Promise<RcloneLane> {
  // slow enough that a kill finds something on its way
  return makeRcloneLane({ ...options, keys: { bandwidth: '2MiB/s' }, extraSnapshots: 3 });
}

/** Kills at some time after some start of rclone, unless the victim is not there then. */
async function killAtRandom(lane: RcloneLane, victim: Victim): Promise<void> {
  const sync = lane.start();
  const state = { isOver: false };
  void sync.exited.then(() => (state.isOver = true));
  const starts = 1 + Math.floor(Math.random() * STARTS);
  const seen = new Set<number>();
  while (!state.isOver && seen.size < starts) {
    for (const pid of childrenOf(sync.pid)) seen.add(pid);
    await sleep(4);
  }
  await sleep(Math.random() ** 2 * 200);
  const rclones = childrenOf(sync.pid);
  if (victim !== 'rclone') sync.kill('SIGKILL');
  if (victim !== 'daemon') for (const pid of rclones) killOne(pid);
  const { signal, code } = await sync.exited;
  const isHit = victim === 'rclone' ? rclones.length > 0 : signal === 'SIGKILL';
  if (victim === 'rclone') expect([0, 1]).toContain(code);
  await waitFor(() => runningRclones(lane.remote).length === 0, {
    what: 'no rclone to outlive its daemon',
    timeoutMs: 20_000,
  });
  if (isHit) await lane.examine(`${victim}, at random`);
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it was faster
  }
}

async function killAtSteps(lane: RcloneLane): Promise<void> {
  for (const step of STEPS_OF_FIRST) {
    lane.setBack(0);
    await lane.killAtStep(step);
  }
  for (const step of STEPS_OF_LATER_ONES) {
    lane.setBack(2);
    await lane.killAtStep(step);
  }
  await lane.converge();
}

async function killAtRandomTimes(lane: RcloneLane, kills: number): Promise<void> {
  const until = lane.examined + kills;
  for (let round = 0; lane.examined < until && round < 3 * kills; round += 1) {
    const isComplete = lane.present === objectsOf(lane.source).length;
    if (isComplete || round === 0) lane.setBack(Math.floor(Math.random() * 3));
    await killAtRandom(lane, VICTIMS[round % VICTIMS.length] ?? 'both');
  }
  await lane.converge();
}

describeWithTools(
  ['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone', 'minio'],
  'kill -9 of rclone, of the daemon alone, and of both',
  () => {
    test('at named steps and at random: what is visible is whole, and it converges', async () => {
      const startedAt = Date.now();
      const lanes = await Promise.all(LANES.map(makeLane));
      await Promise.all(
        lanes.map(async (lane, i) => {
          await killAtSteps(lane);
          await killAtRandomTimes(lane, LANES[i]?.randomKills ?? 0);
        }),
      );
      const kills = lanes.reduce((sum, lane) => sum + lane.examined, 0);
      const partial = lanes.reduce((sum, lane) => sum + lane.partial, 0);
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      console.info(`${kills} kills, ${partial} of them in the middle of sending, in ${seconds} s`);
      expect(kills).toBeGreaterThanOrEqual(100);
      expect(partial).toBeGreaterThanOrEqual(10);
    }, 900_000);
  },
);

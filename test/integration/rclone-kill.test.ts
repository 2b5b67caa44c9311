import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { childrenOf, commandLineOf } from '../support/descendants.ts';
import { LaneSource } from '../support/lane-source.ts';
import type { RunningProcess } from '../support/process.ts';
import { cryptOver, KINDS, type Kind } from '../support/rclone-kinds.ts';
import { makeRcloneLane, type RcloneLane } from '../support/rclone-lane.ts';
import { runningRclones } from '../support/rclone.ts';
import { seedRepository } from '../support/restic.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

const VICTIMS = ['rclone', 'daemon', 'both'] as const;
type Victim = (typeof VICTIMS)[number];

/** Of a fresh backend, and of one that has all but the newest snapshots. */
const STEPS = [
  { stage: 0, step: 'config-written' },
  { stage: 0, step: 'data-received' },
  { stage: 2, step: 'index-received' },
  { stage: 2, step: 'index-proven' },
  { stage: 0, step: 'snapshots-received' },
] as const;
type Step = (typeof STEPS)[number];

/** One of the first starts of rclone is chosen, which look, or of the first that send: a pass has up to fifty. */
const STARTS = 15;
const SENDING_STARTS = 4;

interface Plan {
  readonly name: string;
  readonly kind: Kind;
  readonly generation: Generation;
  /** how many of the steps a lane is killed at; each step has its turn in several lanes */
  readonly steps: number;
  /** fewer where each start of rclone is dear: a handshake, or a key that is made slowly */
  readonly randomKills: number;
}

const PLANS: readonly Plan[] = [
  plan('local path', { generation: 'debian12', steps: 2, randomKills: 16 }),
  plan('sftp', { generation: 'debian12', steps: 2, randomKills: 11 }),
  plan('WebDAV', { generation: 'newest', steps: 2, randomKills: 11 }),
  plan('MinIO', { generation: 'debian12', steps: 2, randomKills: 16 }),
  plan('rclone serve s3', { generation: 'newest', steps: 2, randomKills: 14 }),
  plan('SeaweedFS', { generation: 'newest', steps: 2, randomKills: 13 }),
  crypt(plan('local path', { generation: 'newest', steps: 1, randomKills: 3 })),
  crypt(plan('MinIO', { generation: 'newest', steps: 1, randomKills: 3 })),
];

function plan(name: keyof typeof KINDS, how: Omit<Plan, 'name' | 'kind'>): Plan {
  return { ...how, name, kind: KINDS[name] };
}

function crypt({ name, kind, ...how }: Plan): Plan {
  return { ...how, name: `crypt over ${name}`, kind: cryptOver(kind) };
}

async function makeSource(generation: Generation): Promise<LaneSource> {
  return LaneSource.create(await seedRepository(generation), 3);
}

/** Kills at some time after some start of rclone, unless the pass is over then. */
async function killAtRandom(lane: RcloneLane, victim: Victim): Promise<void> {
  const sync = lane.start();
  const rclones = await someMoment(sync);
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

/** While an rclone runs, often soon after the start of one that sends; answers those that run. */
async function someMoment({ pid, exited }: RunningProcess): Promise<readonly number[]> {
  const state = { isOver: false };
  void exited.then(() => (state.isOver = true));
  const isAimed = Math.random() < 0.4;
  const starts = Math.ceil(Math.random() * (isAimed ? SENDING_STARTS : STARTS));
  const seen = new Set<number>();
  while (!state.isOver && seen.size < starts) {
    for (const child of childrenOf(pid)) if (!isAimed || isSending(child)) seen.add(child);
    await sleep(4);
  }
  await sleep(Math.random() ** 2 * 200);
  while (!state.isOver && childrenOf(pid).length === 0) await sleep(4);
  return childrenOf(pid);
}

function isSending(pid: number): boolean {
  return /\b(copy|move|rcat)\b/.test(commandLineOf(pid));
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it was faster
  }
}

async function killAtSteps(lane: RcloneLane, steps: readonly Step[]): Promise<void> {
  for (const { stage, step } of steps) {
    await lane.setBack(stage);
    await lane.killAtStep(step);
  }
}

/** Each pass goes on from what the last kill has left, until all is there. */
async function killAtRandomTimes(lane: RcloneLane, kills: number): Promise<void> {
  const { examined, partial } = lane;
  const isDone = () => lane.examined >= examined + kills && lane.partial > partial;
  for (let round = 0; !isDone() && round < 2 * kills + 20; round += 1) {
    if (lane.isComplete) await lane.setBack(Math.floor(Math.random() * 3));
    await killAtRandom(lane, VICTIMS[round % VICTIMS.length] ?? 'both');
  }
}

async function killMany(
  { kind, generation, steps, randomKills }: Plan,
  source: LaneSource,
  number: number,
) {
  // slow enough that a kill finds something on its way
  const keys = { bandwidth: '2MiB/s' };
  const lane = await makeRcloneLane({ kind, generation, source, keys });
  const turns = [...STEPS, ...STEPS].slice((2 * number) % STEPS.length);
  await killAtSteps(lane, turns.slice(0, steps));
  const { examined: atSteps, partial: known } = lane;
  await killAtRandomTimes(lane, randomKills);
  await lane.converge();
  return { atSteps, atRandom: lane.examined - atSteps, inTheMiddle: lane.partial - known };
}

describeWithTools(
  [
    ...(['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone'] as const),
    ...(['minio', 'rclone-serve-s3', 'seaweedfs'] as const),
  ],
  'kill -9 of rclone, of the daemon alone, and of both',
  () => {
    test('on every kind, at named steps and at random: what is visible is whole, and it converges', async () => {
      const startedAt = Date.now();
      const sources = {
        debian12: await makeSource('debian12'),
        newest: await makeSource('newest'),
      };
      const results = await Promise.all(
        PLANS.map((each, number) => killMany(each, sources[each.generation], number)),
      );

      const lines = results.map(
        ({ atSteps, atRandom, inTheMiddle }, i) =>
          `  ${PLANS[i]?.name ?? ''} (${PLANS[i]?.generation ?? ''}): ${atSteps} at steps, ${atRandom} at random, ${inTheMiddle} of them in the middle of sending`,
      );
      const kills = results.reduce((sum, { atSteps, atRandom }) => sum + atSteps + atRandom, 0);
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      console.info([`${kills} kills in ${seconds} s`, ...lines].join('\n'));
      expect(kills).toBeGreaterThanOrEqual(100);
      for (const { inTheMiddle } of results) expect(inTheMiddle).toBeGreaterThanOrEqual(1);
    }, 900_000);
  },
);

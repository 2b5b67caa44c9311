import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { childrenOf, commandLineOf } from '../support/descendants.ts';
import { RigSource } from '../support/rig-source.ts';
import type { RunningProcess } from '../support/process.ts';
import { cryptOver, KINDS } from '../support/rclone-kinds.ts';
import { makeRcloneRig, type RcloneRig } from '../support/rclone-rig.ts';
import { runningRclones } from '../support/rclone.ts';
import { seedRepository } from '../support/restic.ts';
import { countForSummary, seededRandom } from '../support/seed.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

const VICTIMS = ['rclone', 'daemon', 'both'] as const;
type Victim = (typeof VICTIMS)[number];

/** The steps of a pass to a fresh backend, and to one that has all but the newest snapshots. */
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

/** A rig of its own, to one kind of storage. */
export interface Plan {
  readonly kind: keyof typeof KINDS;
  /** What is sent is encrypted with rclone's crypt. */
  readonly isCrypt?: boolean;
  /** of restic and rclone */
  readonly generation: Generation;
  /** How many of the named steps a rig is killed at; each rig begins with another one. */
  readonly steps: number;
  /** Fewer where each start of rclone is slow: a handshake, or a key that is derived slowly. */
  readonly randomKills: number;
}

/**
 * Kills rclone, the daemon alone, and both, at named steps and at random moments.
 *
 * @param plans one rig each, all at once
 * @param atLeast the test fails when there were fewer kills in all
 */
export function testRcloneKills(plans: readonly Plan[], atLeast: number): void {
  const needs = plans.flatMap(({ kind, generation }) => [
    ...([`${generation}/restic`, `${generation}/rclone`] as const),
    ...KINDS[kind].needs,
  ]);
  describeWithTools(
    [...new Set(needs)],
    'kill -9 of rclone, of the daemon alone, and of both',
    () => {
      test('at named steps and at random: visible snapshots are intact, and the pass converges', async () => {
        const sources = {
          debian12: await makeSource('debian12'),
          newest: await makeSource('newest'),
        };
        const results = await Promise.all(
          plans.map((each, number) => killMany(each, sources[each.generation], number)),
        );

        for (const { name, atSteps, atRandom } of results)
          countForSummary('kills', name, atSteps + atRandom);
        const kills = results.reduce((sum, { atSteps, atRandom }) => sum + atSteps + atRandom, 0);
        console.info(`${kills} kills`, results);
        expect(kills).toBeGreaterThanOrEqual(atLeast);
        for (const { inTheMiddle } of results) expect(inTheMiddle).toBeGreaterThanOrEqual(1);
      }, 1_800_000);
    },
  );
}

async function makeSource(generation: Generation): Promise<RigSource> {
  return RigSource.create(await seedRepository(generation), 3);
}

/** Kills at some time after some start of rclone, unless the pass is over then. */
async function killAtRandom(rig: RcloneRig, victim: Victim, random: () => number): Promise<void> {
  const sync = rig.start();
  const rclones = await someMoment(sync, random);
  if (victim !== 'rclone') sync.kill('SIGKILL');
  if (victim !== 'daemon') for (const pid of rclones) killOne(pid);
  const { signal, code } = await sync.exited;
  const isHit = victim === 'rclone' ? rclones.length > 0 : signal === 'SIGKILL';
  if (victim === 'rclone') expect([0, 1]).toContain(code);
  await waitFor(() => runningRclones(rig.remote).length === 0, {
    what: 'no rclone to outlive its daemon',
    timeoutMs: 120_000,
  });
  if (isHit) await rig.examine(`${victim}, at random`);
}

/** While an rclone runs, often soon after the start of one that sends; answers those that run. */
async function someMoment(
  { pid, exited }: RunningProcess,
  random: () => number,
): Promise<readonly number[]> {
  const state = { isOver: false };
  void exited.then(() => (state.isOver = true));
  const isAimed = random() < 0.4;
  const starts = Math.ceil(random() * (isAimed ? SENDING_STARTS : STARTS));
  const seen = new Set<number>();
  while (!state.isOver && seen.size < starts) {
    for (const child of childrenOf(pid)) if (!isAimed || isSending(child)) seen.add(child);
    await sleep(4);
  }
  await sleep(random() ** 2 * 200);
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

async function killAtSteps(rig: RcloneRig, steps: readonly Step[]): Promise<void> {
  for (const { stage, step } of steps) {
    await rig.setBack(stage);
    await rig.killAtStep(step);
  }
}

/** Each pass goes on from what the last kill has left, until all is there. */
async function killAtRandomTimes(
  rig: RcloneRig,
  kills: number,
  random: () => number,
): Promise<void> {
  const { examined, partial } = rig;
  const isDone = () => rig.examined >= examined + kills && rig.partial > partial;
  for (let round = 0; !isDone() && round < 2 * kills + 20; round += 1) {
    if (rig.isComplete) await rig.setBack(Math.floor(random() * 3));
    await killAtRandom(rig, VICTIMS[round % VICTIMS.length] ?? 'both', random);
  }
}

async function killMany(
  { kind: name, isCrypt = false, generation, steps, randomKills }: Plan,
  source: RigSource,
  number: number,
) {
  // slow enough that a kill finds something on its way
  const keys = { bandwidth: '2MiB/s' };
  const kind = isCrypt ? cryptOver(KINDS[name]) : KINDS[name];
  const rig = await makeRcloneRig({ kind, generation, source, keys });
  const turns = [...STEPS, ...STEPS].slice((2 * number) % STEPS.length);
  await killAtSteps(rig, turns.slice(0, steps));
  const { examined: atSteps, partial: known } = rig;
  const title = `${isCrypt ? 'crypt over ' : ''}${name}, rclone of ${generation}`;
  await killAtRandomTimes(rig, randomKills, seededRandom(`kills, ${title}`));
  await rig.converge();
  return {
    name: title,
    atSteps,
    atRandom: rig.examined - atSteps,
    inTheMiddle: rig.partial - known,
  };
}

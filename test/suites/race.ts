import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { mirrorNaively } from '../support/naive-mirror.ts';
import { checkReplica, objectsOf, visibleSnapshots, wrongObjects } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { changeTree, createTree, treeDifferences } from '../support/sample-data.ts';
import { countForSummary, seededRandom } from '../support/seed.ts';
import { Syncd, withoutProgress, type SyncDaemon } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

export interface RaceOptions {
  readonly generation: Generation;
  /** at least, in milliseconds */
  readonly forMs: number;
  /**
   * A script that mirrors naively runs beside it until it has produced a replica that the same examination calls broken:
   * the race is sharp enough.
   */
  readonly hasControl: boolean;
}

/** Backups, forgets and prunes while one-shot passes and a daemon replicate; no replica may ever be broken. */
export function testRace({ generation, forMs, hasControl }: RaceOptions): void {
  describeWithTools([`${generation}/restic`], `a source that changes, ${generation}`, () => {
    test('backups, forgets and prunes during syncs: no replica is ever broken', async () => {
      const { repository, path, data } = await seedRepository(generation);
      const oneShot = await Syncd.create({ source: path, backends: ['near'] });
      const watching = await Syncd.create({ source: path, backends: ['near'] });
      const daemon = await watching.start();
      const findings: string[] = [];
      const isBroken = async (replica: string) => {
        if (visibleSnapshots(replica).length === 0) return false;
        const { ok, output } = await checkReplica(replica, generation);
        if (!ok) findings.push(output);
        return !ok || wrongObjects(replica).length > 0;
      };
      const examine = async (replica: string) => {
        if (await isBroken(replica)) throw new Error(`broken: ${findings.at(-1) ?? ''}`);
      };
      const startedAt = Date.now();
      let isEnding = false;
      const done = { passes: 0, prunes: 0 };
      // However slow the machine is: long enough for some passes beside some prunes.
      const isTime = () =>
        isEnding || (Date.now() - startedAt > forMs && done.passes > 2 && done.prunes > 1);
      const control = hasControl ? mirrorUntilBroken(path, isBroken) : Promise.resolve(undefined);
      let isControlOver = false;
      void control.finally(() => (isControlOver = true));
      const churning = churn({ repository, data }, done, () => {
        return isTime() && (isControlOver || isEnding);
      });
      try {
        const [replans, looks, naive] = await Promise.all([
          passByPass(oneShot, examine, { done, isOver: isTime }),
          stopAnywhere(daemon, {
            examine: () => examine(watching.backend('near')),
            isOver: isTime,
            random: seededRandom(`race, restic of ${generation}`),
          }),
          control,
        ]);
        await churning;
        const { passes, prunes } = done;
        const seconds = Math.round((Date.now() - startedAt) / 1000);
        const counters = (await daemon.backend('near')).counters;
        console.info(
          `${generation}: ${seconds} s, ${prunes} prunes; ${passes} one-shot passes, ${replans} replans; ` +
            `daemon: ${counters.syncs} passes, ${counters.replans} replans, stopped and examined ${looks} times; ` +
            `0 broken; naive mirror: ${naive === undefined ? 'none' : `broken after pass ${naive.passes}`}`,
        );
        if (naive !== undefined) expect(naive.broken).toBe(1);
        expect(prunes).toBeGreaterThan(1);
        expect(passes).toBeGreaterThan(2);
        countForSummary('races', `passes beside prunes, restic of ${generation}`, passes + looks);
      } finally {
        isEnding = true;
        await churning;
      }
      // at last both are the same again
      const newest = await repository.backup(data);
      await daemon.untilComplete('near', newest);
      expect(await oneShot.sync()).toMatchObject({ code: 0 });
      for (const { replica } of [oneShot, watching].map((s) => ({ replica: s.backend('near') }))) {
        expect(await checkReplica(replica, generation, { readData: true })).toMatchObject({
          ok: true,
        });
        const restored = temporaryDirectory();
        await ResticRepository.open({ generation, path: replica, noLock: true }).restore(
          restored,
          newest,
        );
        expect(await treeDifferences(data, restored)).toEqual([]);
      }
    });
  });
}

/** A first copy that is slowed down while the source is pruned every few seconds. */
export function testSlowFirstCopy(): void {
  describeWithTools(['newest/restic'], 'a slow first copy', () => {
    test('finishes while prune runs every few seconds, and sends nothing twice', async () => {
      const path = join(temporaryDirectory(), 'repository');
      const repository = await ResticRepository.create({ generation: 'newest', path });
      const [large, data] = [temporaryDirectory(), temporaryDirectory()];
      createTree(large, { files: 30, maxFileBytes: 4 * 1024 * 1024 });
      createTree(data);
      await repository.run(['backup', '.', '--pack-size', '4', '--tag', 'large'], { cwd: large });
      await repository.backup(data);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const daemon = await syncd.start(['run'], {});
      daemon.process.kill('SIGSTOP');
      let isEnding = false;
      const isOver = () => isEnding;
      let prunes = 0;
      const throttle = async () => {
        while (!isOver()) {
          await sleep(150);
          daemon.process.kill('SIGCONT');
          await sleep(10);
          if (!isOver()) daemon.process.kill('SIGSTOP');
        }
        daemon.process.kill('SIGCONT');
      };
      const prune = async () => {
        for (let round = 0; !isOver(); round += 1) {
          changeTree(data, { seed: round, files: 12 });
          await repository.backup(data);
          const keep = ['--keep-last', '2', '--keep-tag', 'large', '--group-by', ''];
          await repository.run(['forget', ...keep, '--prune', '--max-unused', '0']);
          prunes += 1;
          await sleep(1_000);
        }
      };
      const disturbing = Promise.all([throttle(), prune()]);
      try {
        await waitFor(() => visibleSnapshots(syncd.backend('near')).length > 0 && prunes >= 4, {
          what: 'the first copy',
          timeoutMs: 180_000,
        });
      } finally {
        isEnding = true;
        await disturbing;
      }
      await daemon.until('near', ({ state, baselineAt, missing }) => {
        return state === 'idle' && baselineAt !== undefined && missing?.length === 0;
      });
      const { counters } = await daemon.backend('near');
      console.info(`slow first copy: ${prunes} prunes, ${counters.replans} replans`);
      countForSummary('races', 'prunes during a first copy', prunes);
      const objects = objectsOf(syncd.backend('near'));
      expect(counters.transferredObjects).toBe(objects.length);
      expect(counters.failures).toEqual({});
      expect(await checkReplica(syncd.backend('near'), 'newest')).toMatchObject({ ok: true });
    });
  });
}

/** Everything that has happened so far. */
interface Done {
  passes: number;
  prunes: number;
}

/** Backs up, forgets and prunes until it is stopped. */
async function churn(
  { repository, data }: { readonly repository: ResticRepository; readonly data: string },
  done: Done,
  isOver: () => boolean,
): Promise<void> {
  for (let round = 0; !isOver(); round += 1) {
    changeTree(data, { seed: 10 + round, files: 12 });
    await repository.backup(data);
    if (round % 2 === 0) continue;
    await repository.run(['forget', '--keep-last', '2', '--prune', '--max-unused', '0']);
    done.prunes += 1;
  }
}

/** One-shot passes, with a check of the replica after each; returns how often a view was taken again. */
async function passByPass(
  syncd: Syncd,
  examine: (replica: string) => Promise<void>,
  { done, isOver }: { readonly done: Done; readonly isOver: () => boolean },
): Promise<number> {
  let replans = 0;
  while (!isOver()) {
    const { code, backends, stderr } = await syncd.sync();
    expect({ code, said: withoutProgress(stderr), backends }).toMatchObject({ code: 0, said: '' });
    done.passes += 1;
    replans += backends.reduce((sum, backend) => sum + backend.replans, 0);
    await examine(syncd.backend('near'));
  }
  return replans;
}

/** The replica is examined while the daemon stands still wherever it happens to be. */
async function stopAnywhere(
  daemon: SyncDaemon,
  {
    examine,
    isOver,
    random,
  }: { examine: () => Promise<void>; isOver: () => boolean; random: () => number },
): Promise<number> {
  let looks = 0;
  while (!isOver()) {
    await sleep(random() * 400);
    daemon.process.kill('SIGSTOP');
    try {
      await examine();
    } finally {
      daemon.process.kill('SIGCONT');
    }
    looks += 1;
    await sleep(200);
  }
  return looks;
}

/** How many of its passes left something that the same check calls broken; ends with the first. */
async function mirrorUntilBroken(
  source: string,
  isBroken: (replica: string) => Promise<boolean>,
): Promise<{ passes: number; broken: number }> {
  for (let passes = 1; passes <= 20; passes += 1) {
    const replica = temporaryDirectory();
    await mirrorNaively(source, replica, { pauseMs: 1_000 + 200 * passes });
    if (await isBroken(replica)) return { passes, broken: 1 };
    rmSync(replica, { recursive: true });
  }
  return { passes: 20, broken: 0 };
}

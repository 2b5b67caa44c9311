import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { mountPassthrough } from '../support/fuse.ts';
import { mirrorNaively } from '../support/naive-mirror.ts';
import { checkReplica, objectsOf, visibleSnapshots, wrongObjects } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { changeTree, createTree, treeDifferences } from '../support/sample-data.ts';
import { Syncd, type SyncDaemon } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, generations } from '../support/tools.ts';

/** Races with each generation of restic for at least this long. */
const RACE_MS = 35_000;

/** Backs up, forgets and prunes until told to stop; answers how many prunes there were. */
async function churn(
  repository: ResticRepository,
  data: string,
  isOver: () => boolean,
): Promise<number> {
  let prunes = 0;
  for (let round = 0; !isOver(); round += 1) {
    changeTree(data, { seed: 10 + round, files: 12 });
    await repository.backup(data);
    if (round % 2 === 0) continue;
    await repository.run(['forget', '--keep-last', '2', '--prune', '--max-unused', '0']);
    prunes += 1;
  }
  return prunes;
}

/** One-shot passes, the replica examined after each. */
async function passByPass(
  syncd: Syncd,
  examine: (replica: string) => Promise<void>,
  isOver: () => boolean,
): Promise<{ passes: number; replans: number }> {
  let [passes, replans] = [0, 0];
  while (!isOver()) {
    const { code, backends, stderr } = await syncd.sync();
    expect({ code, stderr, backends }).toMatchObject({ code: 0, stderr: '' });
    passes += 1;
    replans += backends.reduce((sum, backend) => sum + backend.replans, 0);
    await examine(syncd.backend('near'));
  }
  return { passes, replans };
}

/** The replica is examined while the daemon stands still wherever it happens to be. */
async function stopAnywhere(
  daemon: SyncDaemon,
  examine: () => Promise<void>,
  isOver: () => boolean,
): Promise<number> {
  let looks = 0;
  while (!isOver()) {
    await sleep(Math.random() * 400);
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

for (const generation of generations) {
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
      const isTime = () => isEnding || Date.now() - startedAt > RACE_MS;
      const control = mirrorUntilBroken(path, isBroken);
      let isControlOver = false;
      void control.finally(() => (isControlOver = true));
      const churning = churn(repository, data, () => isTime() && (isControlOver || isEnding));
      try {
        const [{ passes, replans }, looks, naive] = await Promise.all([
          passByPass(oneShot, examine, isTime),
          stopAnywhere(daemon, () => examine(watching.backend('near')), isTime),
          control,
        ]);
        const prunes = await churning;
        const seconds = Math.round((Date.now() - startedAt) / 1000);
        const counters = (await daemon.backend('near')).counters;
        console.info(
          `${generation}: ${seconds} s, ${prunes} prunes; ${passes} one-shot passes, ${replans} replans; ` +
            `daemon: ${counters.syncs} passes, ${counters.replans} replans, stopped and examined ${looks} times; ` +
            `0 broken; naive mirror: broken after pass ${naive.passes}`,
        );
        expect(naive.broken).toBe(1);
        expect(prunes).toBeGreaterThan(1);
        expect(passes).toBeGreaterThan(2);
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
    }, 300_000);
  });
}

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
    const objects = objectsOf(syncd.backend('near'));
    expect(counters.transferredObjects).toBe(objects.length);
    expect(counters.failures).toEqual({});
    expect(await checkReplica(syncd.backend('near'), 'newest')).toMatchObject({ ok: true });
  }, 300_000);
});

describeWithTools(['newest/restic', 'fuse'], 'between the view and the copying', () => {
  test('a snapshot that is forgotten meanwhile is no failure', async () => {
    const { repository, path, data } = await seedRepository('newest');
    const { syncd, daemon, mount } = await frozenBackend(path);
    const [old, newest] = await repository.snapshots();
    await repository.forget([old?.id ?? '']);
    mount.thaw();
    await daemon.untilComplete('near', newest?.id ?? '');
    const { counters } = await daemon.backend('near');
    expect(counters.failures).toEqual({});
    const replica = syncd.backend('near');
    expect(await checkReplica(replica, 'newest')).toMatchObject({ ok: true });
    expect(existsSync(data)).toBe(true);
  });

  test('keys that are all replaced meanwhile: nothing is published without one', async () => {
    const { repository, path } = await seedRepository('newest');
    const { syncd, daemon, mount } = await frozenBackend(path);
    const passwordFile = join(temporaryDirectory(), 'password');
    writeFileSync(passwordFile, 'another one');
    await repository.run(['key', 'passwd', '--new-password-file', passwordFile]);
    const keys = join(mount.source, 'keys');
    const snapshots = join(mount.source, 'snapshots');
    let isLocked = false;
    const watching = (async () => {
      while (!existsSync(snapshots) || readdirSync(snapshots).length === 0) await sleep(1);
      isLocked = !existsSync(keys) || readdirSync(keys).length === 0;
    })();
    mount.thaw();
    await watching;
    await daemon.untilComplete('near', 2);
    expect({ isLocked, ...(await daemon.backend('near')).counters.failures }).toEqual({
      isLocked: false,
    });
    const replica = ResticRepository.open({
      ...{ generation: 'newest', path: syncd.backend('near'), noLock: true },
      password: 'another one',
    });
    expect(await replica.check()).toMatchObject({ ok: true });
  });
});

/** A daemon that has taken its first view and waits for its backend. */
async function frozenBackend(source: string) {
  const mount = await mountPassthrough();
  const syncd = await Syncd.create({ source, backends: { near: mount.path } });
  mount.freeze();
  const daemon = await syncd.start();
  await daemon.untilSource(({ state, snapshots }) => state === 'ok' && snapshots === 2);
  await sleep(500); // the look at the backend has begun, and waits
  return { syncd, daemon, mount };
}

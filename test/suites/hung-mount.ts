import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mountPassthrough } from '../support/fuse.ts';
import { newBackup, seedRepository } from '../support/restic.ts';
import { Syncd, type SyncDaemon } from '../support/syncd.ts';
import { describeWithTools } from '../support/tools.ts';

const generation = 'newest';

/** Two clients; one place of the first is on a mount that can be frozen. */
async function twoClients(which: 'source' | 'backend') {
  const [a, b] = [await seedRepository(generation), await seedRepository(generation)];
  const mount = await mountPassthrough(which === 'source' ? a.path : undefined);
  const syncd = new Syncd();
  const far = join(syncd.directory, 'ahost-far');
  await syncd.addClient('ahost', {
    source: which === 'source' ? mount.path : a.path,
    backends: which === 'source' ? { far } : { near: mount.path, far },
  });
  await syncd.addClient('bhost', { source: b.path, backends: ['near'] });
  return { a, b, mount, syncd };
}

/** With a deadline that a test can wait for. */
const impatient = { env: { BACKUP_SYNCD_SILENCE_MS: '6000' } };

/** A mount that hangs never answers, so this only has to be more than a slow machine needs. */
const PATIENCE_MS = 30_000;

async function expectResponsive(daemon: SyncDaemon): Promise<void> {
  for (const path of ['/metrics', '/api/status', '/healthz', '/']) {
    const startedAt = Date.now();
    await daemon.get(path, PATIENCE_MS);
    expect(Date.now() - startedAt).toBeLessThan(PATIENCE_MS);
  }
}

async function expectPromptStop(daemon: SyncDaemon): Promise<void> {
  const startedAt = Date.now();
  const exit = await daemon.process.stop(2 * PATIENCE_MS);
  const seconds = (Date.now() - startedAt) / 1000;
  console.info(`stopped after ${seconds.toFixed(1)} s: ${exit.signal ?? exit.code ?? ''}`);
  expect(exit.signal === 'SIGTERM' || exit.code === 0).toBe(true);
  expect(seconds).toBeLessThan(PATIENCE_MS / 1000);
}

const NEEDS = ['newest/restic', 'fuse'] as const;

export function testMountThatHangs(): void {
  describeWithTools(NEEDS, 'a mount that hangs', () => {
    test.each(['source', 'backend'] as const)(
      '%s: does not affect others; it recovers when it answers again',
      async (which) => {
        const { a, b, mount, syncd } = await twoClients(which);
        const daemon = await syncd.start(['run'], impatient);
        await daemon.untilComplete('far', 2);
        if (which === 'backend') await daemon.untilComplete('near', 2);
        await mount.freeze();
        await mount.untilHanging();
        const other = await newBackup(b, 3);
        await daemon.untilComplete('near', other, { client: 'bhost' });
        await expectResponsive(daemon);
        if (which === 'backend') {
          const mine = await newBackup(a, 3);
          await daemon.untilComplete('far', mine);
          await daemon.until('near', ({ reason }) => reason === 'timeout', { timeoutMs: 150_000 });
        } else {
          await daemon.untilSource(({ state }) => state === 'timeout', { timeoutMs: 150_000 });
        }
        await daemon.untilComplete('near', await newBackup(b, 4), { client: 'bhost' });
        await expectResponsive(daemon);
        mount.thaw();
        if (which === 'source') await daemon.untilSource(({ state }) => state === 'ok');
        const last = await newBackup(a, 5);
        await daemon.untilComplete('far', last);
        if (which === 'backend') await daemon.untilComplete('near', last, { timeoutMs: 150_000 });
        expect(await daemon.process.stop()).toEqual({ code: 0, signal: null });
      },
      240_000,
    );

    test.each(['source', 'backend'] as const)('%s: a stop is prompt', async (which) => {
      const { mount, syncd } = await twoClients(which);
      const daemon = await syncd.start(['run'], impatient);
      await daemon.untilComplete('far', 2);
      // what the process behind a FUSE mount has taken already can be interrupted by no signal at all
      if (which === 'backend') await daemon.untilComplete('near', 2);
      await mount.freeze();
      await mount.untilHanging();
      await expectPromptStop(daemon);
      mount.thaw();
    });
  });
}

/** Takes two deadlines for each place. */
export function testMountThatHungFromTheStart(): void {
  describeWithTools(NEEDS, 'a mount that hangs', () => {
    test.each(['source', 'backend'] as const)(
      '%s: frozen from the start, for longer than a deadline',
      async (which) => {
        const { b, mount, syncd } = await twoClients(which);
        await mount.freeze();
        const daemon = await syncd.start(['run'], impatient);
        await daemon.untilComplete('near', 2, { client: 'bhost' });
        if (which === 'source') {
          await daemon.untilSource(({ state }) => state === 'timeout', { timeoutMs: 150_000 });
        } else {
          await daemon.until('near', ({ reason }) => reason === 'timeout', { timeoutMs: 150_000 });
        }
        await mount.untilHanging(); // the retry, beside the call that was given up
        await expectResponsive(daemon);
        await daemon.untilComplete('near', await newBackup(b, 3), { client: 'bhost' });
        await expectPromptStop(daemon);
        mount.thaw();
      },
      180_000,
    );
  });
}

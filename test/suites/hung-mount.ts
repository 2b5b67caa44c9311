import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { mountPassthrough } from '../support/fuse.ts';
import { newBackup, ResticRepository, seedRepository } from '../support/restic.ts';
import { Syncd, type SyncDaemon } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
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
  });
}

export function testPromptStop(): void {
  describeWithTools(NEEDS, 'a mount that hangs', () => {
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

/** A server on which the repository of one client is a mount of its own. Takes several deadlines. */
export function testMountBelowTheGlob(): void {
  describeWithTools(NEEDS, 'a mount below discover.glob that hangs', () => {
    test('holds up neither the other discovered clients, nor new ones, nor a reload', async () => {
      const server = temporaryDirectory();
      const at = (name: string) => join(server, name);
      const [a, b, c] = await Promise.all(['', '', ''].map(async () => seedRepository(generation)));
      if (a === undefined || b === undefined || c === undefined) throw new Error('three');
      mkdirSync(at('ahost'));
      renameSync(b.path, at('bhost'));
      const repository = ResticRepository.open({ generation, path: at('bhost') });
      const mount = await mountPassthrough(a.path, at('ahost'));
      const replicas = temporaryDirectory();
      const settings = {
        discover: { glob: at('*') },
        defaults: {
          source: { poll: '1s' },
          backends: [{ name: 'nas', directory: join(replicas, '{client}'), minFree: '0B' }],
        },
      };
      const syncd = new Syncd(settings);
      const daemon = await syncd.start(['run'], impatient);
      const init = () => syncd.here(['backend', 'init', '--same-disk', '--all']);
      await init();
      for (const client of ['ahost', 'bhost']) await daemon.untilComplete('nas', 2, { client });

      await mount.freeze();
      // each search that the hung mount keeps would keep a thread of the file system that holds the others
      for (let searches = 0; searches < 4; searches += 1) {
        daemon.process.kill('SIGHUP');
        await daemon.untilSource(({ state }) => state === 'ok', { client: 'bhost' });
        await sleep(6_000);
      }
      await daemon.untilComplete('nas', await newBackup({ repository, data: b.data }, 3), {
        client: 'bhost',
      });
      await daemon.untilSource(({ state }) => state === 'timeout', {
        client: 'ahost',
        timeoutMs: 150_000,
      });
      // a new repository, and a new configuration
      renameSync(c.path, at('chost'));
      daemon.process.kill('SIGHUP');
      await waitFor(async () => (await daemon.clients()).length === 3, { what: 'a third client' });
      const command = await syncd.cli(['client', 'list']);
      expect(command.stdout).toMatch(/^chost .*discovered/m);
      expect(command.stdout + command.stderr).toContain(at('ahost'));
      await expectResponsive(daemon);

      mount.thaw();
      await daemon.untilSource(({ state }) => state === 'ok', { client: 'ahost' });
    }, 300_000);
  });
}

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProcess } from '../support/process.ts';
import { newBackup, seedRepository } from '../support/restic.ts';
import { Syncd, type SyncDaemon } from '../support/syncd.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const generation = 'newest';

function isOlder(file: string, ms: number): boolean {
  return Date.now() - statSync(file).mtimeMs > ms;
}

describeWithTools(['newest/restic'], 'a new snapshot', () => {
  test('is seen after snapshots/ was recreated, and after the whole repository was', async () => {
    const seed = await seedRepository(generation);
    const syncd = await Syncd.create({ source: seed.path, backends: ['near'], poll: '2s' });
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
    const snapshots = join(seed.path, 'snapshots');
    renameSync(snapshots, `${snapshots}.old`);
    mkdirSync(snapshots);
    await daemon.untilSource(({ state }) => state === 'emptied');
    for (const name of readdirSync(`${snapshots}.old`)) {
      renameSync(join(`${snapshots}.old`, name), join(snapshots, name));
    }
    await daemon.untilComplete('near', await newBackup(seed, 3));
    renameSync(seed.path, `${seed.path}.old`);
    await runProcess('cp', ['-a', `${seed.path}.old`, seed.path]);
    await daemon.untilComplete('near', await newBackup(seed, 4));
    await daemon.untilComplete('near', await newBackup(seed, 5));
    expect((await daemon.backend('near')).snapshots).toBe(5);
  });
});

describeWithTools(['newest/restic'], 'the state of a daemon', () => {
  test('writes its state after a sync, and not for polls that find nothing new', async () => {
    const seed = await seedRepository(generation);
    const syncd = await Syncd.create({ source: seed.path, backends: ['near'], poll: '1s' });
    const file = join(syncd.stateDir, 'ahost.json');
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
    const isSaved = () =>
      existsSync(file) &&
      readFileSync(file, 'utf8').includes('"lastSuccess"') &&
      isOlder(file, 5_000);
    await waitFor(isSaved, { what: 'the state, at rest' });
    const before = readFileSync(file, 'utf8');
    const scans = await daemon.metric('source_scans_total');

    await waitFor(
      async () => ((await daemon.metric('source_scans_total')) ?? 0) > (scans ?? 0) + 4,
      {
        what: 'some polls',
      },
    );

    expect(readFileSync(file, 'utf8')).toBe(before);
    await daemon.process.stop();
    expect(readFileSync(file, 'utf8')).not.toBe(before); // the time of the last look
  });
});

describeWithTools(['newest/restic'], 'the configuration, while the daemon runs', () => {
  test('a client that is removed, also while no daemon runs, is exported as not enabled, after a restart too', async () => {
    const syncd = new Syncd();
    for (const client of ['ahost', 'bhost', 'chost']) {
      const { path } = await seedRepository(generation);
      await syncd.addClient(client, { source: path, backends: ['near'] });
    }
    const enabled = async (of: SyncDaemon) =>
      Promise.all(
        ['ahost', 'bhost', 'chost'].map(async (client) => of.metric('client_enabled', { client })),
      );
    let daemon = await syncd.start();
    for (const client of ['ahost', 'bhost', 'chost'])
      await daemon.untilComplete('near', 2, { client });
    syncd.removeClient('ahost');
    await daemon.process.waitForLine(/ahost.*client removed/);
    expect(await enabled(daemon)).toEqual([0, 1, 1]);
    await daemon.process.stop();

    const file = join(syncd.stateDir, 'removed-clients');
    const noted = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    syncd.removeClient('bhost');
    daemon = await syncd.start();
    expect(await enabled(daemon)).toEqual([0, 0, 1]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(noted);
    await daemon.process.stop();

    // a day later, by the recorded times
    writeFileSync(
      file,
      JSON.stringify({ ahost: '2020-01-01T00:00:00.000Z', bhost: noted['ahost'] }),
    );
    daemon = await syncd.start();
    expect(await enabled(daemon)).toEqual([undefined, 0, 1]);

    // none is left: more likely a mistake, which is not to silence its alert
    syncd.removeClient('chost');
    await waitFor(async () => (await daemon.clients()).length === 0, { what: 'chost to go' });
    expect(await enabled(daemon)).toEqual([undefined, 0, undefined]);
  }, 180_000);

  test('a client that waits for another process, and is removed in the meantime, never starts', async () => {
    const [a, b, c] = [
      await seedRepository(generation),
      await seedRepository(generation),
      await seedRepository(generation),
    ];
    const syncd = new Syncd();
    await syncd.addClient('ahost', { source: a.path, backends: ['near'] });
    const daemon = await syncd.start();
    const holder = new Syncd();
    holder.writeDaemon({ stateDirectory: syncd.stateDir });
    holder.writeClient('ehost', { source: b.path, backends: [] });
    holder.writeClient('fhost', { source: c.path, backends: [] });
    const other = await holder.start();
    const names = async () => (await daemon.clients()).map(({ client }) => client);
    syncd.writeClient('ehost', { source: b.path, backends: [] });
    await daemon.process.waitForLine(/ehost.*not started, will retry/);
    syncd.removeClient('ehost');
    await daemon.process.waitForLine(/configuration reloaded/);
    syncd.writeClient('fhost', { source: c.path, backends: [] });
    await daemon.process.waitForLine(/fhost.*not started, will retry/);
    await other.process.stop();
    // tried as often as the other, and later
    await waitFor(async () => (await names()).includes('fhost'), { what: 'fhost to start' });
    expect(await names()).toEqual(['ahost', 'fhost']);
  }, 400_000);
});

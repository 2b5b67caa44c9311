import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkReplica, objectsOf, visibleSnapshots } from '../support/replica.ts';
import { seedRepository, type SeededRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

/** A short pack that no index names, as a killed backup over SMB or sftp leaves it. */
function plantOrphan(path: string): string {
  const name = `data/ab/ab${'0'.repeat(62)}`;
  mkdirSync(dirname(join(path, name)), { recursive: true });
  writeFileSync(join(path, name), 'short');
  return name;
}

/** Cuts a pack of the newest snapshot, which an index names. */
function cut(path: string, before: readonly string[]): string {
  const [pack = ''] = objectsOf(path).filter((o) => o.startsWith('data/') && !before.includes(o));
  chmodSync(join(path, pack), 0o600);
  truncateSync(join(path, pack), 20);
  return pack;
}

/** Changes the beginning of an hour-old pack of the newest snapshot: the content of a file, not the header of the pack. */
function spoil(path: string, before: readonly string[]): string {
  const packs = objectsOf(path).filter((o) => o.startsWith('data/') && !before.includes(o));
  const size = (object: string) => statSync(join(path, object)).size;
  const [pack = ''] = packs.sort((a, b) => size(b) - size(a));
  chmodSync(join(path, pack), 0o600);
  const file = openSync(join(path, pack), 'r+');
  writeSync(file, 'XXXXXXXX', 40);
  closeSync(file);
  const hourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(join(path, pack), hourAgo, hourAgo);
  return pack;
}

async function backUpMore({ repository, data }: SeededRepository, seed: number): Promise<string> {
  changeTree(data, { seed });
  return repository.backup(data);
}

/** Repairs packs as the runbook says. */
async function repairPacks({ repository, data }: SeededRepository, pack: string): Promise<void> {
  await repository.run(['repair', 'packs', basename(pack)], { cwd: temporaryDirectory() });
  await repository.run(['backup', '--force', '.'], { cwd: data });
  expect(await repository.check({ readData: true })).toMatchObject({ ok: true });
}

describeWithTools(['newest/restic'], 'a short pack at the source', () => {
  test.each(['orphaned', 'named by an index'])(
    '%s: snapshots from before it are sent, the rest waits, and the replica is intact',
    async (kind) => {
      const seed = await seedRepository('newest');
      const { path, repository } = seed;
      const settings = { source: path, backends: ['near'], poll: '1h', watch: false }; // it polls only on request
      const syncd = await Syncd.create(settings);
      const near = syncd.backend('near');
      const daemon = await syncd.start();
      await daemon.untilComplete('near', 2);

      renameSync(near, `${near}.away`);
      const good = await backUpMore(seed, 3);
      await syncd.syncHere(); // the source is seen, the backend is not
      const before = objectsOf(path);
      const waiting = await backUpMore(seed, 4);
      const pack = kind === 'orphaned' ? plantOrphan(path) : cut(path, before);
      renameSync(`${near}.away`, near);
      const { backends } = await syncd.syncHere();

      expect(backends).toMatchObject([{ reason: 'source_corrupt', published: [good] }]);
      expect(backends[0]?.hint).toContain(pack);
      expect(backends[0]?.hint).toContain("'restic prune'");
      expect(backends[0]?.hint).toContain("'backup-syncd ack ahost --reason TEXT'");
      expect(visibleSnapshots(near)).toContain(`snapshots/${good}`);
      expect(visibleSnapshots(near)).not.toContain(`snapshots/${waiting}`);
      expect(await checkReplica(near, 'newest')).toMatchObject({ ok: true });
      expect(await repository.check()).toMatchObject({ ok: kind === 'orphaned' });
      if (kind !== 'orphaned') {
        await repairPacks(seed, pack);
        expect(await syncd.syncHere()).toMatchObject({
          code: 0,
          backends: [{ outcome: 'complete' }],
        });
        expect(await checkReplica(near, 'newest')).toMatchObject({ ok: true });
        return;
      }
      await repository.prune(); // it has nothing else to do, and replaces no index
      expect(await syncd.syncHere()).toMatchObject({ code: 1, backends: [{ published: [] }] });
      expect(await syncd.here(['ack', 'ahost', '--reason', 'an orphan'])).toMatchObject({
        code: 0,
      });
      await daemon.untilComplete('near', waiting);
      expect(await checkReplica(near, 'newest')).toMatchObject({ ok: true });
    },
    120_000,
  );
});

describeWithTools(['debian12/restic'], 'a corrupt pack and a restic without "repair packs"', () => {
  test('rebuilding the index keeps the pack; moved away first, it is written again and replicated', async () => {
    const seed = await seedRepository('debian12');
    const { path, repository, data } = seed;
    const syncd = await Syncd.create({ source: path, backends: ['near'] });
    expect(await syncd.syncHere()).toMatchObject({ code: 0 });
    const before = objectsOf(path);
    await backUpMore(seed, 3);
    const pack = spoil(path, before);
    const backUpAgain = () => repository.run(['backup', '--force', '.'], { cwd: data });
    expect(await syncd.syncHere()).toMatchObject({ backends: [{ reason: 'source_corrupt' }] });

    await repository.run(['rebuild-index', '--read-all-packs']);
    await backUpAgain();
    expect(await syncd.syncHere()).toMatchObject({ backends: [{ reason: 'source_corrupt' }] });

    renameSync(join(path, pack), join(temporaryDirectory(), basename(pack)));
    await repository.run(['rebuild-index']);
    await backUpAgain();
    expect(await repository.check({ readData: true })).toMatchObject({ ok: true });
    expect(await syncd.syncHere()).toMatchObject({ code: 0, backends: [{ outcome: 'complete' }] });
    expect(await checkReplica(syncd.backend('near'), 'debian12')).toMatchObject({ ok: true });
  });
});

import { describe, expect, test } from '@jest/globals';
import { seedRepository, type ResticRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd, type SyncDaemon } from '../support/syncd.ts';
import { describeWithTools, generations, type Generation } from '../support/tools.ts';

/** The source's snapshots that are there; the daemon has seen exactly these. */
async function untilSeen(daemon: SyncDaemon, repository: ResticRepository): Promise<string[]> {
  const ids = (await repository.snapshots()).map(({ id }) => id).sort();
  await daemon.untilSource(
    ({ snapshots, latestSnapshotId = '' }) =>
      snapshots === ids.length && ids.includes(latestSnapshotId),
  );
  return ids;
}

/** Edits of the oldest snapshot, which restic of each generation has. */
function editsOf(generation: Generation, id: string): string[][] {
  const tag = ['tag', '--add', 'x', id];
  if (generation === 'debian12') return [tag];
  const rewrite = ['rewrite', '--forget'];
  return [tag, [...rewrite, '--exclude', 'empty', id], [...rewrite, '--new-host', 'h', id]];
}

describe.each(generations)('restic of %s', (generation) => {
  describeWithTools([`${generation}/restic`], 'edits of old snapshots', () => {
    test('edits do not make a client look fresh, and a backup does', async () => {
      const { path, repository, data } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'], poll: '1h' });
      const daemon = await syncd.start();
      await daemon.untilComplete('near', 2);
      const before = await daemon.metric('source_latest_snapshot_timestamp_seconds');

      const names = editsOf(generation, '').length;
      for (let i = 0; i < names; i++) {
        const [oldest] = await repository.snapshots();
        const verb = editsOf(generation, oldest?.id ?? '')[i] ?? [];
        await repository.run(verb);
        const ids = await untilSeen(daemon, repository);
        expect({ verb, ids }).not.toMatchObject({ ids: expect.arrayContaining([oldest?.id]) });
        const after = await daemon.metric('source_latest_snapshot_timestamp_seconds');
        expect({ verb, after }).toEqual({ verb, after: before });
      }

      const [oldest] = await repository.snapshots();
      await repository.forget([oldest?.id ?? '']);
      changeTree(data, { seed: 7 });
      await repository.backup(data);
      await untilSeen(daemon, repository);
      const fresh = await daemon.metric('source_latest_snapshot_timestamp_seconds');
      expect(fresh).toBeGreaterThan(before ?? Infinity);
    });
  });
});

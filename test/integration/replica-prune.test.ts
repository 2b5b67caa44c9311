import { expect, test } from '@jest/globals';
import { checkReplica } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { describeWithTools, generations } from '../support/tools.ts';

for (const generation of generations)
  describeWithTools([`${generation}/restic`], `pruning a replica, ${generation}`, () => {
    test('after the same at the source, as the runbook describes it: the replica is intact and continues', async () => {
      const { repository, path, data } = await seedRepository(generation);
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      const replica = ResticRepository.open({ generation, path: syncd.backend('near') });

      for (const place of [repository, replica]) {
        await place.forget(['--keep-last', '1', '--group-by', '']);
        await place.prune();
        await syncd.syncHere();
      }
      const status = await syncd.here(['status']);
      expect(status.stdout).toContain('backup-syncd backend init --adopt ahost near');
      const adopted = await syncd.here(['backend', 'init', '--adopt', 'ahost', 'near']);
      expect(adopted).toMatchObject({ code: 0 });

      changeTree(data, { seed: 5 });
      await repository.backup(data);
      expect(await syncd.syncHere()).toMatchObject({ code: 0 });
      expect(await checkReplica(syncd.backend('near'), generation)).toMatchObject({ ok: true });
      const well = { code: 1, stdout: expect.stringMatching(/^ahost +ok +2 /m) as unknown }; // 1: no daemon runs
      expect(await syncd.here(['status'])).toMatchObject(well);
    });
  });

import { expect, test } from '@jest/globals';
import { countForSummary } from '../support/seed.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools, generations } from '../support/tools.ts';
import { ATTACKS, Scenario, type AttackName } from '../suites/ransomware.ts';

const attacks = Object.keys(ATTACKS) as AttackName[];
const backends = ['directory', 'remote', 's3'] as const;

for (const generation of generations) {
  describeWithTools(
    [`${generation}/restic`, `${generation}/rclone`, 'minio'],
    `simulated ransomware, with restic and rclone of ${generation}`,
    () => {
      test.each(
        (['directory', 'remote'] as const).flatMap((source) =>
          attacks.map((attack) => ({ source, attack })),
        ),
      )('$source: $attack', async ({ source, attack }) => {
        const scenario = await Scenario.create({ generation, source, backends });
        await scenario.suffer(attack);
        countForSummary('attacks', source, backends.length);
      });
    },
  );
}

/** The attacks that a poll sees, by names. */
const BY_NAME: readonly AttackName[] = [
  'snapshots are deleted',
  'objects are encrypted and renamed',
  'the repository is made again',
];

describeWithTools(['newest/restic'], 'a daemon that polls each second', () => {
  test.each(BY_NAME)(
    '%s: metric, page and status show the alarm after two polls',
    async (attack) => {
      const { path } = await seedRepository('newest');
      const syncd = await Syncd.create({ source: path, backends: ['near'] });
      const daemon = await syncd.start();
      await daemon.untilComplete('near', 2);
      await daemon.untilPolled(2);
      await ATTACKS[attack].act({ path, generation: 'newest' });
      await daemon.untilPolled(3);

      const [reason = ''] = ATTACKS[attack].alarms;
      await waitFor(async () => (await daemon.metric('source_alarm', { reason })) === 1, {
        what: 'the alarm',
      });
      expect(await daemon.get('/clients/ahost')).toMatch(ATTACKS[attack].says);
      const { code, stdout } = await syncd.cli(['status', 'ahost']);
      expect({ code, stdout }).toEqual({
        code: 2,
        stdout: expect.stringMatching(ATTACKS[attack].says),
      });
    },
  );
});

import { expect, test } from '@jest/globals';
import { CHANGES, picture, prepared } from '../support/client-commands.ts';
import { killedAt } from '../support/fail-calls.ts';
import { countForSummary } from '../support/seed.ts';
import { describeWithTools } from '../support/tools.ts';

describeWithTools(['fail-calls'], 'a command that is killed', () => {
  test.each(Object.keys(CHANGES))(
    '%s: wherever it is killed, the same command again ends as if nothing had happened',
    async (name) => {
      const change = CHANGES[name] ?? { before: [], command: [] };
      const whole = await prepared(change);
      await whole.must(...change.command);
      const expected = picture(whole);

      let kills = 0;
      for (;;) {
        const site = await prepared(change);
        const env = killedAt(kills + 1, site.syncd.directory);
        const { signal, stderr } = await site.syncd.cli(change.command, { env });
        if (signal === null) break;
        expect({ kills, stderr }).toEqual({ kills, stderr: '' });
        kills += 1;

        const { code, ...printed } = await site.run(...change.command);

        expect({ kills, code, ...printed }).toMatchObject({ kills, code: 0 });
        expect({ kills, left: picture(site) }).toEqual({ kills, left: expected });
      }
      expect(kills).toBeGreaterThan(2);
      countForSummary('kills', `the command ${name}`, kills);
    },
    1_200_000,
  );
});

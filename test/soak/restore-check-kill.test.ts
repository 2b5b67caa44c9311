import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from '../support/cli.ts';
import { seedRepository } from '../support/restic.ts';
import { RestoreSite } from '../support/restore-site.ts';
import { countForSummary, seededRandom } from '../support/seed.ts';
import { describeWithTools, generations, pathWith } from '../support/tools.ts';
import { treeOf } from '../support/tree.ts';

const KILLS = 15;
/** The message of a check before each of its steps, and about how long each takes, in milliseconds. */
const STEPS = [/: restore check of/, /: listing/, /: restoring/] as const;
const STEP_MS = 800;

describeWithTools(['debian12/restic', 'newest/restic'], 'a restore check that is killed', () => {
  test.each(generations)(
    'at each step leaves nothing after the next one, with %s',
    async (generation) => {
      const random = seededRandom(`restore-check-kill ${generation}`);
      const { path } = await seedRepository(generation);
      const site = await RestoreSite.synced({ generation, source: path });
      const before = [treeOf(path), treeOf(site.syncd.backend('nas'))];
      const env = site.syncd.environment({ PATH: pathWith(generation) });
      let left = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const process = startDaemon(['restore-check', 'ahost'], { env });
        const [first] = STEPS;
        await process.waitForLine(STEPS[kill % STEPS.length] ?? first, 60_000);
        await sleep(random() * STEP_MS);
        process.kill('SIGKILL');
        await process.exited;
        left += site.leftovers().length;
        expect(await site.check()).toMatchObject({ outcome: 'ok' });
        expect(site.leftovers()).toEqual([]);
      }
      expect(left).toBeGreaterThan(0); // some were killed while files were there
      expect([treeOf(path), treeOf(site.syncd.backend('nas'))]).toEqual(before);
      countForSummary('kills', 'restore checks', KILLS);
    },
    600_000,
  );
});

import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from '../support/cli.ts';
import { checkReplica, objectsOf, wrongObjects } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { countForSummary, seededRandom } from '../support/seed.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, generations } from '../support/tools.ts';

const KILLS = 15;
/** About how long an audit with its repair takes, in milliseconds. */
const AUDIT_MS = 2_000;

describeWithTools(['debian12/restic', 'newest/restic'], 'an audit that is killed', () => {
  test.each(generations)(
    'at any step leaves no wrong object, and the next one repairs the replica, with %s',
    async (generation) => {
      const random = seededRandom(`audit-kill ${generation}`);
      const { path: source } = await seedRepository(generation);
      const syncd = new Syncd();
      await syncd.addClient('ahost', { source, backends: ['near', 'far'] });
      expect((await syncd.sync(['ahost'])).code).toBe(0);
      const near = syncd.backend('near');
      const objects = objectsOf(near);
      const packs = objects.filter((object) => object.startsWith('data/'));
      const aside = join(temporaryDirectory(), 'pack');
      let unfinished = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const pack = packs[Math.floor(random() * packs.length)] ?? '';
        renameSync(join(source, pack), aside); // only the other backend can give it
        rmSync(join(near, pack));
        const audit = startDaemon(['audit', 'ahost'], { env: syncd.environment({}) });
        await sleep(random() * AUDIT_MS);
        audit.kill('SIGKILL');
        await audit.exited;
        expect(wrongObjects(near)).toEqual([]);
        if (!existsSync(join(near, pack))) unfinished++;

        await syncd.cli(['audit', 'ahost']);

        expect(objectsOf(near)).toEqual(objects);
        expect(wrongObjects(near)).toEqual([]);
        renameSync(aside, join(source, pack));
      }
      expect(unfinished).toBeGreaterThan(0);
      expect(await checkReplica(near, generation, { readData: true })).toMatchObject({ ok: true });
      countForSummary('kills', 'audits', KILLS);
    },
    600_000,
  );
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { format } from 'prettier';
import { needs } from '../support/prometheus.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools, projectDirectory } from '../support/tools.ts';
import { changesOf, notYetBack, readFacts, type Facts } from './tour/facts.ts';
import { takePictures } from './tour/pictures.ts';
import { look, seeAlerts, type Seen } from './tour/sight.ts';
import { Site } from './tour/site.ts';
import { STOPS } from './tour/stops.ts';

// With UPDATE_GOLDEN=1 it is recorded again; then `npm run generate` writes docs/trust.md from it.
const file = join(projectDirectory, 'test/fixtures/tour.json');
const isUpdate = process.env['UPDATE_GOLDEN'] !== undefined;
const record = isUpdate ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Seen>);

/** How many looks in a row must agree before they are recorded. */
const SETTLED = 6;

type Look = () => Promise<Seen>;

/** Waits until all is seen as it is recorded. What comes and goes before that is not judged. */
async function expectSeen(name: string, site: Site, seeNow: Look): Promise<void> {
  const wanted = (record[name] ??= await settle(seeNow));
  const { alerts, muted } = wanted;
  const until = (what: string, check: () => Promise<void>) =>
    waitFor(() => check().then(() => true), { what: `${name}: ${what}`, intervalMs: 250 });
  // usually the last to arrive, and read without starting a program
  await until('alerts', async () => expect(await seeAlerts(site)).toEqual({ alerts, muted }));
  await until('all', async () => expect(await seeNow()).toEqual(wanted));
}

async function settle(seeNow: Look): Promise<Seen> {
  let [last, same] = ['', 0];
  return waitFor(
    async () => {
      const seen = await seeNow();
      const text = JSON.stringify(seen);
      same = text === last ? same + 1 : 0;
      last = text;
      return same >= SETTLED ? seen : undefined;
    },
    { what: 'all to stay the same', intervalMs: 700 },
  );
}

async function see(site: Site, before: Facts): Promise<Seen> {
  const sight = await look(site);
  return { ...sight, metrics: changesOf(before, await readFacts(site)) };
}

async function keepRecord(): Promise<void> {
  const text = await format(JSON.stringify(record), { parser: 'json', printWidth: 100 });
  writeFileSync(file, text);
}

describeWithTools(
  [
    ...(['newest/restic', 'tmpfs', 'wrong-clock'] as const),
    ...needs('newest', 'prometheus', 'prometheus-alertmanager'),
  ],
  'a tour of what goes wrong',
  () => {
    test('each stop is reported as in docs/trust.md, and all is well again after it', async () => {
      const site = await Site.open();
      const well = await readFacts(site);
      const seeWell = async () => ({
        ...(await look(site)),
        metrics: notYetBack(well, await readFacts(site)),
      });
      await expectSeen('well', site, seeWell);
      for (const { name, breakIt } of STOPS) {
        const before = await readFacts(site);
        const mend = await breakIt(site);
        await expectSeen(name, site, () => see(site, before));
        await takePictures(site, name);
        await mend();
        await expectSeen('well', site, seeWell);
      }
      if (isUpdate) await keepRecord();
    }, 600_000);
  },
);

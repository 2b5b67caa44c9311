import { cpSync, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { killedAt } from '../support/fail-calls.ts';
import { countForSummary } from '../support/seed.ts';
import { Site } from '../support/site.ts';
import { describeWithTools, projectDirectory } from '../support/tools.ts';

interface Change {
  /** commands before it */
  readonly before: readonly (readonly string[])[];
  readonly command: readonly string[];
}

const DISABLE = ['client', 'disable', 'ahost', '--reason', 'sold'];
const ENABLE = ['client', 'enable', 'ahost'];
const RENAME = ['client', 'rename', 'ahost', 'bhost'];

const CHANGES: Readonly<Record<string, Change>> = {
  'client add': { before: [], command: ['client', 'add', 'bhost', '--source', '/srv/b'] },
  'client disable': { before: [ENABLE], command: DISABLE },
  'client enable': { before: [DISABLE], command: ENABLE },
  'client rename': { before: [ENABLE], command: RENAME },
  'client rename, disabled': { before: [ENABLE, DISABLE], command: RENAME },
  'client remove': { before: [ENABLE], command: ['client', 'remove', 'ahost'] },
};

/** A client that is up to date, beside a runit tree that nothing runs. */
async function prepared({ before }: Change): Promise<Site> {
  const site = await Site.synced();
  const { configDir } = site.syncd;
  cpSync(join(projectDirectory, 'deploy/runit/tree'), join(configDir, 'runit'), {
    recursive: true,
  });
  for (const command of before) await site.must(...command);
  return site;
}

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

/** All that is in the configuration and in the state directory, without what differs from run to run. */
function picture({ syncd }: Site): string[] {
  const paths = ['etc', 'state'].flatMap((folder) =>
    readdirSync(join(syncd.directory, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      join(folder, path),
    ),
  );
  return paths
    .filter((path) => !/\.lock[.-]/.test(path))
    .map((path) => `${path.replace(/\d{8}T\d{6}Z$/, 'TIME')}${contentOf(syncd.directory, path)}`)
    .sort();
}

function contentOf(directory: string, path: string): string {
  const file = join(directory, path);
  if (lstatSync(file).isSymbolicLink()) return ` -> ${readlinkSync(file)}`;
  if (!/^etc\/clients\/|removed-clients$/.test(path) || !existsSync(file)) return '';
  const text = readFileSync(file, 'utf8').replaceAll(directory, 'HERE');
  return `: ${text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replace(/"\/[^"]*source"/, 'SOURCE')}`;
}

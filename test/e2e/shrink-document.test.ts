import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { installed } from '../support/installed.ts';
import { runProcess } from '../support/process.ts';
import { objectsOf } from '../support/replica.ts';
import { resticPassword, seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { mountTmpfs } from '../support/tmpfs.ts';
import { describeWithTools, pathWith, projectDirectory } from '../support/tools.ts';

/** One block of the document: what a person types, or what becomes of the configuration. */
interface Block {
  readonly language: 'sh' | 'yaml';
  readonly text: string;
}

function blocksBelow(heading: string): Block[] {
  const document = readFileSync(join(projectDirectory, 'docs/operations.md'), 'utf8');
  const section = document.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^( *)```(sh|yaml)\n(.*?)^ *```$/gms)].map(
    ([, indent = '', language, text = '']) => ({
      language: language as Block['language'],
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

describeWithTools(
  ['newest/restic', 'tmpfs'],
  '"Shrinking a replica", followed to the letter',
  () => {
    test('the new replica has what the source has, is used, and the old one is gone', async () => {
      const { path: mnt } = await mountTmpfs({ sizeBytes: 4 * 2 ** 30 }); // no option is needed on a disk of its own
      const old = join(mnt, 'restic/ahost');
      const seed = await seedRepository('newest');
      const syncd = new Syncd();
      mkdirSync(join(mnt, 'restic'));
      await syncd.addClient('ahost', { source: seed.path, backends: { nas: old } });
      await syncd.syncHere();
      const [oldest] = await seed.repository.snapshots();
      await seed.repository.forget([oldest?.id ?? '']);
      await seed.repository.prune();
      await syncd.syncHere();
      const sent = objectsOf(old).length;
      expect(sent).toBeGreaterThan(objectsOf(seed.path).length);

      const output = await follow(blocksBelow('Shrinking a replica'), { mnt, syncd });

      expect(existsSync(old)).toBe(false);
      expect(objectsOf(`${old}-new`)).toEqual(objectsOf(seed.path));
      expect(output).toContain(`${oldest?.id.slice(0, 8)}`);
      expect(output).toContain('no errors were found');
      expect((await syncd.syncHere()).backends).toMatchObject([{ outcome: 'nothing' }]);
      const { clients } = JSON.parse((await syncd.here(['status', '--json'])).stdout) as {
        readonly clients: readonly [{ readonly severity: string; readonly backends: unknown }];
      };
      expect(clients[0]).toMatchObject({
        severity: 'ok',
        backends: [
          {
            backend: 'nas',
            state: 'idle',
            missing: [],
            counters: { transferredObjects: sent },
          },
        ],
      });
    });
  },
);

/** Types each block, and returns what was printed. */
async function follow(
  blocks: readonly Block[],
  { mnt, syncd }: { readonly mnt: string; readonly syncd: Syncd },
): Promise<string> {
  expect(blocks.map(({ language }) => language)).toEqual(['yaml', 'sh', 'yaml', 'sh', 'sh']);
  const password = join(temporaryDirectory(), 'password');
  writeFileSync(password, resticPassword);
  const env = {
    ...syncd.environment({ RESTIC_PASSWORD_FILE: password }),
    PATH: [installed(), pathWith('newest')].join(delimiter),
  };
  let printed = '';
  for (const { language, text } of blocks) {
    const here = text.replaceAll('/mnt/nas', mnt);
    if (language === 'yaml') {
      const client = parse(readFileSync(syncd.clientFile('ahost'), 'utf8')) as object;
      const changed = { ...client, ...(parse(here) as object) };
      writeFileSync(syncd.clientFile('ahost'), JSON.stringify(changed));
      continue;
    }
    const { code, stdout, stderr } = await runProcess('bash', ['-euo', 'pipefail', '-c', here], {
      env,
    });
    if (code !== 0) throw new Error(`${here}: exit code ${code}\n${stdout}${stderr}`);
    printed += stdout;
  }
  return printed;
}

import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { ProcessResult } from '../support/process.ts';
import { countForSummary, seededRandom } from '../support/seed.ts';
import { Site } from '../support/site.ts';
import { projectDirectory } from '../support/tools.ts';

const ROUNDS = 12;

const random = seededRandom('two administrators');

function siteOfTwo(): Site {
  const site = new Site([]);
  writeFileSync(
    site.syncd.clientFile('ahost'),
    `# by hand\nsource: { directory: ${site.source} }\n`,
  );
  return site;
}

/** Two commands as processes, one of which begins up to some time later. */
async function both(
  site: Site,
  first: readonly string[],
  second: readonly string[],
): Promise<ProcessResult[]> {
  const delays = [0, random() * 400].sort(() => random() - 0.5);
  return Promise.all(
    [first, second].map(async (args, index) => {
      await sleep(delays[index]);
      return site.syncd.cli(args);
    }),
  );
}

test('of two commands that add the same client, one succeeds and the other reports it, and the file is that of the first', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const site = siteOfTwo();
    const add = (every: string) =>
      ['client', 'add', 'bhost', '--source', `${site.source}-b`, '--every', every] as const;

    const results = await both(site, add('1d'), add('2d'));

    const { expect: expected } = parse(readFileSync(site.syncd.clientFile('bhost'), 'utf8')) as {
      readonly expect: { readonly snapshotEvery: string };
    };
    const winner = expected.snapshotEvery === '1d' ? 0 : 1;
    expect(results[winner]).toMatchObject({ code: 0 });
    expect(results[1 - winner]).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already configured') as unknown,
    });
    expectOnly(site, ['ahost.yaml', 'bhost.yaml']);
  }
  countForSummary('races', 'two commands that add one client', ROUNDS);
}, 600_000);

test('of two commands that change the same client, what each reports is what happened', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const site = siteOfTwo();
    const disable = (reason: string) => ['client', 'disable', 'ahost', '--reason', reason] as const;

    const results = await both(site, disable('sold'), disable('lost'));

    const text = readFileSync(site.syncd.clientFile('ahost'), 'utf8');
    const { disabled } = parse(text) as { readonly disabled: { readonly reason: string } };
    const isIn = ['sold', 'lost'].indexOf(disabled.reason);
    expect(text).toContain('# by hand\n');
    expect(results[isIn]?.code).toBe(0);
    for (const { code, stderr } of results.filter((each) => each.code !== 0))
      expect({ code, stderr }).toEqual({ code: 75, stderr: TOLD });
    expectOnly(site, ['ahost.yaml']);
  }
  countForSummary('races', 'two commands that change one client', ROUNDS);
}, 600_000);

test.each([
  [
    ['client', 'enable', 'ahost'],
    ['client', 'disable', 'ahost', '--reason', 'sold'],
  ],
  [
    ['client', 'remove', 'ahost'],
    ['client', 'add', 'ahost', '--source', '/srv/a'],
  ],
] as const)(
  'after %j and %j at once in a runit tree, the link is as the file says, and no command says anything else',
  async (first, second) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const site = siteOfTwo();
      const links = join(site.syncd.configDir, 'runit/enabled');
      cpSync(join(projectDirectory, 'deploy/runit/tree'), dirname(links), { recursive: true });
      if (first[1] === 'remove' || random() < 0.5) await site.must('client', 'enable', 'ahost');
      else await site.must(...second);

      const results = await both(site, first, second);

      for (const { code } of results) expect([0, 1, 75]).toContain(code);
      const file = site.syncd.clientFile('ahost');
      const isEnabled = existsSync(file) && !readFileSync(file, 'utf8').includes('enabled: false');
      expect({ round, results, links: existsSync(links) ? readdirSync(links) : [] }).toEqual({
        round,
        results,
        links: isEnabled ? ['ahost'] : [],
      });
    }
    countForSummary('races', `${first[1]} and ${second[1]} in a runit tree`, ROUNDS);
  },
  600_000,
);

const TOLD = expect.stringMatching(/someone else changed .* in the meantime, and nothing/);

test.each(['in place', 'with a new file'] as const)(
  'an edit by hand, %s, at any time while a command edits the same file is kept, and the command says so',
  async (how) => {
    let told = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const site = siteOfTwo();
      const file = site.syncd.clientFile('ahost');
      let isOver = false;
      const command = site.syncd
        .cli(['client', 'disable', 'ahost', '--reason', 'sold'])
        .finally(() => (isOver = true));
      const lines: string[] = [];
      const pauseMs = round % 2 === 0 ? 20 : 400;
      while (!isOver) {
        await sleep(random() * pauseMs);
        const line = `# edit ${lines.length}\n`;
        lines.push(line);
        if (how === 'in place') appendFileSync(file, line);
        else replaceByHand(file, line);
      }
      const { code, stderr } = await command;

      const text = readFileSync(file, 'utf8');
      expect(lines.filter((line) => !text.includes(line))).toEqual([]);
      if (code === 0) continue;
      const { enabled } = parse(text) as { readonly enabled?: boolean };
      expect({ code, stderr, enabled }).toEqual({ code: 75, stderr: TOLD, enabled: undefined });
      told += 1;
    }
    expect(told).toBeGreaterThan(0);
    countForSummary('races', `an edit by hand, ${how}, beside a command`, ROUNDS);
  },
  600_000,
);

/** Replaces a file as an editor does: with a new file that has the old text and one more line. */
function replaceByHand(file: string, line: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(`${file}~`, `${text}${line}`);
  renameSync(`${file}~`, file);
}

function expectOnly(site: Site, names: readonly string[]): void {
  expect(readdirSync(join(site.syncd.configDir, 'clients')).sort()).toEqual(names);
}

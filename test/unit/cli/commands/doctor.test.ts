import { writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { InProcess } from '../../../support/in-process.ts';
import { Site } from '../../../support/site.ts';
import { Syncd } from '../../../support/syncd.ts';

interface Document {
  readonly severity: string;
  readonly findings: readonly {
    readonly check: string;
    readonly severity: string;
    readonly client?: string;
    readonly place?: string;
    readonly message: string;
    readonly hint?: string;
  }[];
}

async function examined(site: Pick<Site, 'run'>, ...args: string[]): Promise<Document> {
  return JSON.parse((await site.run('doctor', '--json', ...args)).stdout) as Document;
}

test('doctor finds what check-config finds, and says for whom it has judged', async () => {
  const site = await Site.synced();
  writeFileSync(site.syncd.clientFile('bhost'), '{"surce": {}}');

  const { code, stdout } = await site.run('doctor');

  expect(code).toBe(2);
  expect(stdout).toMatch(/^error {4}configuration {2}bhost: clients\/bhost\.yaml:1:2: surce: /m);
  expect(stdout).toMatch(/\n\n2 errors.*; permissions were judged for \S/);
});

test('doctor of one client does not say what is wrong with another one', async () => {
  const site = await Site.synced();
  writeFileSync(site.syncd.clientFile('bhost'), '{"surce": {}}');

  const { findings } = await examined(site, 'ahost');

  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('doctor without a client says how to add one', async () => {
  const { code, stdout } = await new InProcess(new Syncd().configDir).run('doctor');

  expect(code).toBe(1);
  expect(stdout).toContain('backup-syncd client add NAME');
});

test('doctor of an unknown client is a usage error', async () => {
  const { code, stderr } = await new Site().run('doctor', 'nobody');

  expect(code).toBe(64);
  expect(stderr).toMatch(/there is no client nobody(.|\n)*ahost/);
});

test('doctor --as a user who does not exist is a usage error', async () => {
  const { code, stderr } = await new Site().run('doctor', '--as', 'no-such-user');

  expect({ code, stderr }).toEqual({
    ...{ code: 64, stderr: 'backup-syncd: this machine has no user no-such-user\n' },
  });
});

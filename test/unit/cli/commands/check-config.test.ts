import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';

test('check-config finds nothing where nothing is wrong', async () => {
  const site = await Site.synced();
  expect(await site.run('check-config')).toEqual({
    code: 0,
    stdout: 'no problems; 1 client can run\n',
    stderr: '',
  });
});

test('check-config says why no client can run', async () => {
  const site = new Site();
  const file = site.syncd.clientFile('ahost');
  const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...settings, enabled: false }));
  expect((await site.run('check-config')).stdout).toMatch(/; every client is disabled\n$/);
  rmSync(file);
  expect((await site.run('check-config')).stdout).toBe(
    'no problems; no client is configured yet\n',
  );
  writeFileSync(file, '{}');
  expect((await site.run('check-config')).stdout).toMatch(/^1 error; no client can run\n$/);
});

test('check-config lists every problem with its position, and exits with 78', async () => {
  const site = new Site();
  writeFileSync(site.syncd.clientFile('bhost'), '{"surce": {}}');
  const { code, stdout, stderr } = await site.run('check-config');
  expect(code).toBe(78);
  expect(stdout + stderr).toMatch(/clients\/bhost\.yaml:1:2: surce: unknown key; did you mean/);
  const json = await site.run('check-config', '--json');
  expect(json.code).toBe(78);
  expect(JSON.parse(json.stdout)).toMatchObject({
    problems: expect.arrayContaining([
      expect.objectContaining({ file: 'clients/bhost.yaml', line: 1, column: 2, key: 'surce' }),
    ]) as unknown,
  });
});

test('check-config checks the places, too', async () => {
  const { stdout, stderr } = await new Site().run('check-config');
  expect(stdout + stderr).toContain('backend init');
});

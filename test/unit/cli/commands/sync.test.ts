import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { objectsOf } from '../../../support/replica.ts';
import { Site } from '../../../support/site.ts';

test('sync copies everything, and then finds nothing to do', async () => {
  const site = await Site.synced();
  expect(objectsOf(site.syncd.backend('near'))).toEqual(objectsOf(site.source));
  expect(await site.run('sync', 'ahost')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ahost → near: already complete /),
    stderr: '',
  });

  site.act({ verb: 'backup', blobs: [4] });
  expect(await site.run('sync', '--all')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ahost → near: complete, 1 snapshot, /),
  });
});

test('sync writes nothing to a backend that was not initialised, and says what to do', async () => {
  const site = new Site();
  const { code, stdout } = await site.run('sync', 'ahost');
  expect(code).toBe(1);
  expect(stdout).toContain('backup-syncd backend init ahost near');
  expect(existsSync(site.syncd.backend('near'))).toBe(false);
});

test('sync of one backend leaves the others alone, and its JSON says what was sent', async () => {
  const site = new Site(['near', 'far']);
  for (const name of ['near', 'far'])
    await site.must('backend', 'init', '--same-disk', 'ahost', name);
  const text = await site.must('sync', 'ahost', '--backend', 'far', '--json');
  expect(JSON.parse(text)).toMatchObject({
    schemaVersion: 1,
    clients: [
      { client: 'ahost', syncs: [{ backend: 'far', outcome: 'complete', sent: { objects: 9 } }] },
    ],
  });
  expect(objectsOf(site.syncd.backend('near'))).toEqual([]);
});

test.each([
  [[], 64],
  [['nobody'], 64],
  [['ahost', '--all'], 64],
  [['ahost', '--backend', 'nowhere'], 64],
])('sync %j is a usage error', async (args, code) => {
  const ran = await new Site().run('sync', ...args);
  expect(ran).toMatchObject({ code, stdout: '' });
  expect(ran.stderr).toMatch(/^backup-syncd: /);
});

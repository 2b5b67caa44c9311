import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { judgeAccess, permissions } from '../../../../src/doctor/checks/permissions.ts';
import { temporaryDirectory } from '../../../support/temp.ts';
import { sampleSite } from '../sample-site.ts';
import { samplePlace } from '../sample-place.ts';

const place = samplePlace();
const about = { client: 'ahost', place: 'nas' };

test.each([0o40700, 0o40755, 0o41777])('mode %o is fine', (mode) => {
  expect(judgeAccess({ place, uid: 0, mode })).toEqual({
    ...about,
    severity: 'ok',
    message: `/srv/nas belongs to user root (uid 0), mode ${(mode & 0o7777).toString(8)}`,
  });
});

test('a directory in which everyone can delete files', () => {
  expect(judgeAccess({ place, uid: 0, mode: 0o40777 })).toEqual({
    ...about,
    severity: 'warning',
    message:
      '/srv/nas belongs to user root (uid 0), mode 777: everyone on this machine can add and delete files there',
    hint: 'as root, run: chmod o-w /srv/nas',
  });
});

test('what refuses comes first, with the command that fixes it', () => {
  const refusal = { path: '/srv/nas/index', lacks: 'w' } as const;
  expect(judgeAccess({ place, uid: 0, mode: 0o40777, refusal, hint: 'run: chown' })).toEqual({
    ...about,
    severity: 'error',
    message: '/srv/nas/index cannot be written to',
    hint: 'run: chown',
  });
});

test('a place that vanishes meanwhile is unknown, and hides no finding about another one', async () => {
  const at = (label: string, name: string) =>
    samplePlace({ place: name, traits: { ...place.traits, label } });
  const directory = temporaryDirectory();
  const places = [at(join(directory, 'gone'), 'usb'), at(directory, 'nas')];
  const { signal } = new AbortController();
  expect(await permissions.run(sampleSite({ places }), signal)).toEqual([
    {
      client: 'ahost',
      place: 'usb',
      severity: 'unknown',
      message: expect.stringContaining('ENOENT') as unknown,
    },
    expect.objectContaining({ place: 'nas', severity: 'ok' }),
  ]);
});

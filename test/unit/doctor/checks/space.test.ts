import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { judgeSpace, space, type FreeSpace } from '../../../../src/doctor/checks/space.ts';
import { temporaryDirectory } from '../../../support/temp.ts';
import { sampleSite } from '../sample-site.ts';

const GIB = 1024 ** 3;
const FREE: FreeSpace = {
  client: 'ahost',
  place: 'nas',
  where: '/srv/nas',
  minFreeBytes: GIB,
  freeBytes: 50 * GIB,
  totalBytes: 100 * GIB,
};

const judge = (free: Partial<FreeSpace>) => judgeSpace({ ...FREE, ...free });

test('enough space', () => {
  expect(judge({ freeInodes: 90, totalInodes: 100 })).toEqual([
    {
      client: 'ahost',
      place: 'nas',
      severity: 'ok',
      message: '50 GiB of 100 GiB free (50 %) on /srv/nas',
    },
  ]);
});

test('less than a tenth is a warning', () => {
  expect(judge({ freeBytes: 9 * GIB })).toMatchObject([
    { severity: 'warning', hint: 'free some space there, or use a larger disk' },
  ]);
});

test('less than minFree is an error, and the hint says that minFree can be lowered', () => {
  expect(judge({ freeBytes: GIB / 2 })).toMatchObject([
    {
      severity: 'error',
      message:
        '512 MiB of 100 GiB free (0 %) on /srv/nas, less than minFree (1 GiB), so nothing is sent there',
      hint: 'free some space there, or use a larger disk, or lower minFree',
    },
  ]);
});

test('nothing at all is an error where there is no minFree', () => {
  expect(judge({ freeBytes: 0, minFreeBytes: 0 })).toMatchObject([{ severity: 'error' }]);
});

test('inodes', () => {
  const totalInodes = 1000;
  const inodes = (freeInodes: number) => judge({ freeInodes, totalInodes })[1];
  expect(inodes(100)).toBeUndefined();
  expect(inodes(20)).toMatchObject({
    severity: 'warning',
    client: 'ahost',
    message: '2 % of the inodes are free on /srv/nas: it can hold 20 more files',
  });
  expect(inodes(0)).toMatchObject({ severity: 'error', place: 'nas' });
});

test('a place that does not report its space is no finding', () => {
  expect(judge({ freeBytes: undefined, totalBytes: undefined })).toEqual([]);
  expect(judge({ freeBytes: 0, totalBytes: 0 })).toEqual([]);
});

test('an own directory that vanishes meanwhile is unknown, and hides no finding about another one', async () => {
  const directory = temporaryDirectory();
  const ownDirectories = [
    { what: 'the state directory', directory: join(directory, 'gone') },
    { what: 'the runtime directory', directory },
  ];
  const { signal } = new AbortController();
  const [gone, ...others] = await space.run(sampleSite({ ownDirectories }), signal);
  expect(gone).toMatchObject({
    severity: 'unknown',
    message: expect.stringContaining('the state directory') as unknown,
  });
  expect(others[0]?.message).toContain('for the runtime directory');
});

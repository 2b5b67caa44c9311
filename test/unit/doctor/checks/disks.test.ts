import { expect, test } from '@jest/globals';
import { judgeDisks, type Stored } from '../../../../src/doctor/checks/disks.ts';

function stored(place: string, pools: string, drives = ''): Stored {
  const words = (text: string) => text.split(' ').filter((word) => word !== '');
  return { client: 'ahost', place, pools: words(pools), drives: words(drives) };
}

test('separate disks', () => {
  const places = [stored('source', 'd1', 'sda'), stored('nas', 'd2'), stored('usb', 'd3', 'sdb')];
  expect(judgeDisks(places)).toEqual([
    { client: 'ahost', severity: 'ok', message: 'no two places are on one disk' },
  ]);
});

test('nothing is said about remotes, whose disks are unknown', () => {
  expect(judgeDisks([stored('source', 'd1'), stored('b2', '')])).toEqual([]);
});

test('one pool', () => {
  expect(
    judgeDisks([stored('source', 'd1 p'), stored('nas', 'd2 p'), stored('usb', 'd3')]),
  ).toEqual([
    {
      client: 'ahost',
      severity: 'warning',
      message:
        'source and nas are on one file system or pool, so one failure takes both: they are not separate locations',
      hint: 'move replicas to other disks, then run: backup-syncd backend move CLIENT BACKEND PATH',
    },
  ]);
});

test('two partitions of one drive, and a third place that joins two groups', () => {
  const [found] = judgeDisks([
    stored('source', 'd1', 'sda'),
    stored('nas', 'd2', 'sdb'),
    stored('usb', 'd3', 'sda sdb'),
  ]);
  expect(found?.message).toMatch(/^source, nas and usb are on one .* takes all of them/);
  const two = judgeDisks([stored('source', 'd1', 'sda'), stored('nas', 'd2', 'sda')]);
  expect(two[0]?.message).toContain('source and nas are on one drive (sda)');
});

test('a single place', () => {
  expect(judgeDisks([stored('source', 'd1')])).toEqual([]);
});

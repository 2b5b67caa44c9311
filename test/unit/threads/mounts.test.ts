import { expect, test } from '@jest/globals';
import { mountOf, MountTable, parseMountInfo } from '../../../src/threads/mounts.ts';

const TABLE = [
  '22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
  '30 22 0:25 / /mnt/nas rw - nfs4 server:/export rw',
  '31 22 8:17 / /mnt/my\\040disk rw shared:1 - ext4 /dev/sdb1 rw',
  '32 30 0:26 / /mnt/nas/inner rw - tmpfs none rw',
  '',
].join('\n');

test('mount points are read from the kernel’s table, escapes included', () => {
  expect(parseMountInfo(TABLE)).toEqual(['/', '/mnt/nas', '/mnt/my disk', '/mnt/nas/inner']);
});

test.each([
  ['/mnt/nas', '/mnt/nas'],
  ['/mnt/nas/restic/ahost', '/mnt/nas'],
  ['/mnt/nas/inner/x', '/mnt/nas/inner'],
  ['/mnt/nasty', '/'],
  ['/mnt/my disk/x', '/mnt/my disk'],
  ['/elsewhere', '/'],
])('%s is on %s', (path, mount) => {
  const table = new MountTable(TABLE);
  expect([table.mountOf(path), table.mountOf(path)]).toEqual([mount, mount]);
});

test('where there is no table a path stands for itself', () => {
  expect(mountOf('/mnt/nas/x', [])).toBe('/mnt/nas/x');
});

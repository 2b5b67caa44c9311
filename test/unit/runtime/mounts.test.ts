import { expect, test } from '@jest/globals';
import { mountAt, mountOf, parseMounts } from '../../../src/runtime/mounts.ts';

const TABLE = [
  '22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
  '30 22 0:25 / /mnt/nas rw - nfs4 server:/export rw',
  '31 22 8:17 / /mnt/my\\040disk rw shared:1 - ext4 /dev/sdb1 rw',
  '32 30 0:26 / /mnt/nas/inner rw - tmpfs none rw',
  '43 22 0:53 / /mnt/covered rw - fuse.rclone x: rw',
  '44 43 0:54 / /mnt/covered rw - xfs /dev/vdc rw',
  '',
].join('\n');

test('mount points are read from the kernel’s table, escapes included', () => {
  const mounts = parseMounts(TABLE);

  expect(mounts[1]).toEqual({
    id: '30',
    device: '0:25',
    point: '/mnt/nas',
    type: 'nfs4',
    source: 'server:/export',
  });
  expect(mounts[2]).toMatchObject({ point: '/mnt/my disk', type: 'ext4', source: '/dev/sdb1' });
});

test.each([
  ['/mnt/nas', '/mnt/nas'],
  ['/mnt/nas/restic/ahost', '/mnt/nas'],
  ['/mnt/nas/inner/x', '/mnt/nas/inner'],
  ['/mnt/nasty', '/'],
  ['/mnt/my disk/x', '/mnt/my disk'],
  ['/elsewhere', '/'],
])('%s is on %s', (path, mount) => {
  expect(mountOf(path, parseMounts(TABLE))).toBe(mount);
});

test('without a mount table, each path is its own mount', () => {
  expect(mountOf('/mnt/nas/x', [])).toBe('/mnt/nas/x');
});

test('of two mounts on one point, the last is visible', () => {
  expect(mountAt('/mnt/covered/x', parseMounts(TABLE))?.type).toBe('xfs');
});

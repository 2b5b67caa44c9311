import { expect, test } from '@jest/globals';
import { isOnRcloneMount } from '../../../src/config/rclone-mounts.ts';

const TABLE = [
  '22 1 8:1 / / rw,relatime - ext4 /dev/vda rw',
  '40 22 0:50 / /mnt/cloud rw,nosuid shared:1 - fuse.rclone b2:bucket rw,user_id=0',
  '41 40 0:51 / /mnt/cloud/disk rw - ext4 /dev/vdb rw',
  '42 22 0:52 / /mnt/with\\040space rw - fuse.rclone x: rw',
  '43 22 0:53 / /mnt/covered rw - fuse.rclone x: rw',
  '44 43 0:54 / /mnt/covered rw - xfs /dev/vdc rw',
  '45 22 0:55 / /mnt/pool rw - fuse.mergerfs a:b rw',
].join('\n');

test.each([
  ['/mnt/cloud/ahost', true],
  ['/mnt/cloud', true],
  ['/mnt/with space/ahost', true],
  ['/mnt/cloud/disk/ahost', false],
  ['/mnt/cloudy/ahost', false],
  ['/mnt/covered/ahost', false],
  ['/mnt/pool/ahost', false],
  ['/srv/ahost', false],
])('%s: %s', (path, expected) => {
  expect(isOnRcloneMount(path, TABLE)).toBe(expected);
});

test('where there is no table, nothing is on a mount', () => {
  expect(isOnRcloneMount('/mnt/cloud', '')).toBe(false);
});

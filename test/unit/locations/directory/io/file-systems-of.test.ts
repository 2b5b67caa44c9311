import { expect, test } from '@jest/globals';
import { parseMounts } from '../../../../../src/runtime/mounts.ts';
import { fileSystemsOf } from '../../../../../src/locations/directory/io/file-systems-of.ts';

const MOUNTS = parseMounts(
  [
    '21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
    '30 21 0:41 /@srv /srv rw - btrfs /dev/sdb rw,subvol=/@srv',
    '31 21 0:41 /@usb /mnt/usb rw shared:7 master:2 - btrfs /dev/sdb rw,subvol=/@usb',
    '40 21 0:50 / /tank/a rw - zfs tank/a rw',
    '41 21 0:51 / /tank/b rw - zfs tank/b/c rw',
    '42 21 0:52 / /other rw - zfs other rw',
  ].join('\n'),
);

function areTogether(a: [device: number, mountId: string], b: typeof a): boolean {
  const [first, second] = [a, b].map(([device, mountId]) =>
    fileSystemsOf({ device, mountId, mounts: MOUNTS }),
  );
  return first?.some((name) => second?.includes(name)) ?? false;
}

test.each<[string, Parameters<typeof areTogether>[0], Parameters<typeof areTogether>[1], boolean]>([
  ['one device', [2049, '21'], [2049, '21'], true],
  [
    'subvolumes of a btrfs pool, which have device numbers of their own',
    [61, '30'],
    [62, '31'],
    true,
  ],
  ['a btrfs pool and the system', [61, '30'], [2049, '21'], false],
  ['datasets of a ZFS pool', [70, '40'], [71, '41'], true],
  ['two ZFS pools', [70, '40'], [72, '42'], false],
  ['mounts that the table does not name', [90, '90'], [91, '91'], false],
])('%s', (...[, a, b, expected]) => {
  expect(areTogether(a, b)).toBe(expected);
});

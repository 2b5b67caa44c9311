import { expect, test } from '@jest/globals';
import { traitsOf } from '../../../../../src/locations/directory/io/file-system.ts';

const FUSE = 0x65735546;
const OVERLAY = 0x794c7630;
const NFS = 0x6969;
const BTRFS = 0x9123683e;

test.each([
  ['ext4', 0xef53, '6.1.0-13-amd64', { syncsAsAWhole: true, movesDirectoryTimes: true }],
  ['xfs', 0x58465342, '5.8.0', { syncsAsAWhole: true, movesDirectoryTimes: true }],
  ['btrfs', BTRFS, '5.10.0', { syncsAsAWhole: true, movesDirectoryTimes: true }],
  ['btrfs', BTRFS | 0, '5.10.0', { syncsAsAWhole: true, movesDirectoryTimes: true }], // as a signed number
  ['tmpfs', 0x01021994, '10.0', { syncsAsAWhole: true, movesDirectoryTimes: true }],
  ['ext4', 0xef53, '5.7.19', { syncsAsAWhole: false, movesDirectoryTimes: true }],
  ['ext4', 0xef53, 'nonsense', { syncsAsAWhole: false, movesDirectoryTimes: true }],
  ['unknown', FUSE, '6.18.0', { syncsAsAWhole: false, movesDirectoryTimes: false }],
  ['unknown', OVERLAY, '6.18.0', { syncsAsAWhole: false, movesDirectoryTimes: false }],
  ['unknown', NFS, '6.18.0', { syncsAsAWhole: false, movesDirectoryTimes: false }],
])('%s (%i) with kernel %s', (...[name, type, kernel, traits]) => {
  expect(traitsOf(type, kernel)).toEqual({ name, ...traits });
});

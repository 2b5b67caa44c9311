import { expect, test } from '@jest/globals';
import { numbersOf, physicalDisksOf } from '../../../src/doctor/physical-disks.ts';

test.each([
  [0x801, '8:1'],
  [0xfd03, '253:3'],
  [0x1_03_05, '259:5'],
])('device %i is %s', (device, numbers) => {
  expect(numbersOf(device)).toBe(numbers);
});

test('a file system without a drive', async () => {
  expect(await physicalDisksOf('/proc')).toEqual([]);
});

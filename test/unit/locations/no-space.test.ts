import { expect, test } from '@jest/globals';
import { noSpace } from '../../../src/locations/no-space.ts';

const MIB = 2 ** 20;

test.each([
  {
    what: 'a minFree that is in the way',
    free: 12,
    needed: 4,
    minFree: 10,
    message: '12 MiB free at /nas, 4 MiB to be sent, 10 MiB must stay free (minFree)',
    hint: 'free some space there, use a larger disk, or lower minFree',
  },
  {
    what: 'less than minFree',
    free: 5,
    needed: 4,
    minFree: 10,
    message: '5 MiB free at /nas, 10 MiB must stay free (minFree)',
    hint: 'free some space there, use a larger disk, or lower minFree',
  },
  {
    what: 'too little, whatever minFree is',
    free: 5,
    needed: 6,
    minFree: 10,
    message: '5 MiB free at /nas, 10 MiB must stay free (minFree)',
    hint: 'free some space there, or use a larger disk',
  },
  {
    what: 'too little, and no minFree',
    free: 5,
    needed: 6,
    minFree: 0,
    message: '5 MiB free at /nas, 6 MiB to be sent',
    hint: 'free some space there, or use a larger disk',
  },
])('$what', ({ free, needed, minFree, message, hint }) => {
  const [freeBytes, neededBytes, minFreeBytes] = [free * MIB, needed * MIB, minFree * MIB];
  const error = noSpace({ label: '/nas', freeBytes, neededBytes, minFreeBytes });
  expect({ message: error.message, hint: error.hint }).toEqual({ message, hint });
});

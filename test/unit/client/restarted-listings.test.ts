import { expect, test } from '@jest/globals';
import { setsOf } from '../../../src/repository/held.ts';
import { decodeListings, encodeListings, type Listings } from '../../../src/state/listing-file.ts';
import { throughAFile } from '../state/through-a-file.ts';
import { backup, makeRig } from './fixtures.ts';

/** Without the keys, of which a view has its own few. */
function setsIn(listings: Listings) {
  return new Set([...listings.values()].flatMap((objects) => setsOf(objects).slice(1)));
}

test('names that an earlier process saved are in memory once, not once more for each place', async () => {
  const rig = await makeRig({ history: [backup(1, 2), backup(3)], backends: ['nas', 'usb'] });
  await rig.sync();
  await rig.sync();
  const saved = decodeListings(encodeListings(rig.unit.listings()));
  if (saved === undefined) throw new Error('the listings cannot be read');

  const later = rig.restart(throughAFile(rig.unit.store.facts));
  later.unit.recallSource(saved);
  await later.sync();

  const before = setsIn(saved);
  const copied = [...setsIn(later.unit.listings())].filter((set) => !before.has(set));
  expect(copied).toEqual([]);
});

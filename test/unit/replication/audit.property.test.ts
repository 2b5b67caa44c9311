import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { auditBackend } from '../../../src/replication/audit.ts';
import { Catalogue, EMPTY_CATALOGUE } from '../../../src/repository/catalogue.ts';
import { flatten, split } from '../../../src/repository/data-catalogue.ts';
import { NO_OBJECTS, type Objects } from '../../../src/repository/objects.ts';
import { SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { NO_FOREIGN } from '../../../src/repository/strays.ts';
import { idOf } from '../../arbitraries/ids.ts';

/** Sizes of packs by their numbers; some are in several places with the same size, some with another. */
const sizes = fc.dictionary(fc.nat(19).map(String), fc.nat(1), { maxKeys: 15 });
type Sizes = Readonly<Record<string, number>>;

function packs(given: Sizes): Objects {
  const entries = Object.entries(given).map(([n, size]) => [idOf(Number(n)), size] as const);
  return { ...NO_OBJECTS, data: split(Catalogue.from(entries)) };
}

/** The findings about objects, as a person would name them by looking at each. */
function expected(source: Sizes, lost: Sizes, listed: Sizes): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (finding: string) => (counts[finding] = (counts[finding] ?? 0) + 1);
  for (const n of new Set([...Object.keys(source), ...Object.keys(lost), ...Object.keys(listed)])) {
    const [should, is] = [lost[n] ?? source[n], listed[n]];
    if (should === undefined) add('surplus');
    else if (is === undefined) add(lost[n] === undefined ? 'unsent' : 'missing');
    else {
      if (is !== should) add('wrong_size');
      if (source[n] === undefined) add('surplus');
    }
  }
  return counts;
}

test('each object is classified correctly, for any contents of the places', () => {
  fc.assert(
    fc.property(sizes, sizes, sizes, (source, lost, listed) => {
      const { findings, surplus } = auditBackend({
        source: packs(source),
        lost: packs(lost),
        listed: packs(listed),
        sourceKeys: EMPTY_CATALOGUE,
        lostUnnamed: 0,
        hasLostConfig: false,
        beside: { leftovers: 0, foreign: NO_FOREIGN, refused: [] },
        complete: undefined,
        unproven: undefined,
        retired: NO_OBJECTS,
        times: new SnapshotTimes(),
        window: { to: 0 },
      });
      const counts = Object.fromEntries(findings.map(({ finding, count }) => [finding, count]));
      expect(counts).toEqual(expected(source, lost, listed));
      expect(surplus.objects).toBe(counts['surplus'] ?? 0);
    }),
  );
});

test('the objects of a place that holds what it should are in no finding', () => {
  fc.assert(
    fc.property(sizes, (held) => {
      const all = packs(held);
      const { findings } = auditBackend({
        source: all,
        lost: NO_OBJECTS,
        listed: { ...all, data: split(flatten(all.data)) },
        sourceKeys: EMPTY_CATALOGUE,
        lostUnnamed: 0,
        hasLostConfig: false,
        beside: { leftovers: 0, foreign: NO_FOREIGN, refused: [] },
        complete: undefined,
        unproven: undefined,
        retired: NO_OBJECTS,
        times: new SnapshotTimes(),
        window: { to: 0 },
      });
      expect(findings).toEqual([]);
    }),
  );
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changedSizes, recordSizes, type SeenSizes } from '../../../src/replication/seen-sizes.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { split } from '../../../src/repository/data-catalogue.ts';
import { HASHED_KINDS } from '../../../src/repository/names.ts';
import { setOf, type Objects } from '../../../src/repository/objects.ts';
import { objectId } from '../../arbitraries/ids.ts';

type Sizes = ReadonlyMap<string, number>;
const sizes = fc
  .array(fc.tuple(objectId, fc.nat(3)), { maxLength: 8 })
  .map((entries): Sizes => new Map(entries));
const look = fc.record({ data: sizes, index: sizes, isRead: fc.boolean() });
type Look = typeof look extends fc.Arbitrary<infer T> ? T : never;

function objectsOf({ data, index }: Pick<Look, 'data' | 'index'>): Objects {
  const none = Catalogue.from([]);
  return {
    keys: none,
    data: split(Catalogue.from(data)),
    index: Catalogue.from(index),
    snapshots: none,
  };
}

function namesOf(objects: Objects): string[] {
  return HASHED_KINDS.flatMap((kind) =>
    [...setOf(objects, kind).entries()].map(({ id }) => `${kind}/${id}`),
  ).sort();
}

/** The rule for one object, step by step: how often its size was found, and which. */
class Plain {
  private readonly known = new Map<string, { size: number; looks: number }>();

  look({ data, index, isRead }: Look): string[] {
    const named = [
      ...[...data].map(([id, size]): [string, number] => [`data/${id}`, size]),
      ...[...index].map(([id, size]): [string, number] => [`index/${id}`, size]),
    ];
    const changed: string[] = [];
    const there = new Set(named.map(([name]) => name));
    for (const name of this.known.keys()) if (!there.has(name)) this.known.delete(name);
    for (const [name, size] of named) {
      const before = this.known.get(name);
      if (before === undefined) this.known.set(name, { size, looks: 1 });
      else if (before.size === size) before.looks += isRead ? 1 : 0;
      else {
        if (before.looks > 1) changed.push(name);
        this.known.set(name, { size, looks: before.looks > 1 ? 2 : 1 });
      }
    }
    return changed.sort();
  }
}

describe('the sizes that checks found', () => {
  test('an object is changed only if two checks found it with one size before', () => {
    fc.assert(
      fc.property(fc.array(look, { maxLength: 6 }), (looks) => {
        const plain = new Plain();
        let known: SeenSizes | undefined;
        for (const each of looks) {
          const listed = objectsOf(each);
          expect(namesOf(changedSizes(known, listed))).toEqual(plain.look(each));
          known = recordSizes(known, { listed, isRead: each.isRead });
        }
      }),
    );
  });

  test('when nothing changes, every set is shared with the view: a million objects take no more memory', () => {
    const listed = objectsOf({ data: new Map([['ab'.repeat(32), 1]]), index: new Map() });
    const first = recordSizes(undefined, { listed, isRead: true });
    const second = recordSizes(first, { listed, isRead: true });

    expect(first.once.data.shards.every((shard, i) => shard === listed.data.shards[i])).toBe(true);
    expect(second.last).toBe(listed);
    expect(namesOf(second.once)).toEqual([]);
  });
});

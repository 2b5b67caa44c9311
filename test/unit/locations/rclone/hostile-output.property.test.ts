import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classifyFailure } from '../../../../src/locations/rclone/classify.ts';
import { ListingBuilder, readEntry } from '../../../../src/locations/rclone/listing.ts';
import { readLogLine } from '../../../../src/locations/rclone/log-lines.ts';
import { readSpace } from '../../../../src/locations/rclone/space.ts';
import { readFeatures } from '../../../../src/locations/rclone/features.ts';
import { objectId } from '../../../arbitraries/ids.ts';

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(-1, 0.5, 2 ** 53, 2 ** 63, -(2 ** 63), 1e308, '12', '../../x', '\u001B[2J', '\0'),
);
const path = fc.oneof(
  objectId,
  fc
    .tuple(fc.constantFrom('../', '/', 'a/', './', 'ab/', 'ab/../ab/'), objectId)
    .map((p) => p.join('')),
  odd,
);
const entry = fc.record({ Path: path, Size: odd, ModTime: odd }, { requiredKeys: [] });

test('a listing entry has a path and a sensible size or none; only exact paths become objects', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(entry, odd)), (values) => {
      const builder = new ListingBuilder('index');
      for (const value of values) {
        let read;
        try {
          read = readEntry(`${JSON.stringify(value)},`);
        } catch {
          continue; // a listing with such a line is refused as a whole
        }
        if (read === undefined) continue;
        expect(typeof read.path).toBe('string');
        expect(Number.isNaN(read.size) || (Number.isSafeInteger(read.size) && read.size >= 0)).toBe(
          true,
        );
        expect(typeof read.mtimeMs).toBe('number');
        builder.add(read);
      }
      const exact = values.flatMap((value) => {
        const { Path } = (value ?? {}) as { Path?: unknown };
        return typeof Path === 'string' && /^[0-9a-f]{64}$/.test(Path) ? [Path] : [];
      });
      const { objects } = builder.build();
      expect([...objects.entries()].map(({ id }) => id)).toEqual([...new Set(exact)].sort());
    }),
  );
});

test('any output of rclone is understood or skipped, and never throws', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    odd.map((value) => JSON.stringify(value)),
    fc
      .record(
        { level: fc.constantFrom('info', 'error', 3), msg: odd, object: odd, stats: odd },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(line, (text) => {
      const read = readLogLine(text);
      if (read.type === 'error') classifyFailure([read.message], { label: 'x', verb: 'y' });
      if (read.type === 'transferred') expect(typeof read.object).toBe('string');
    }),
  );
});

test('sizes of a storage and its features are numbers and flags, or not known', () => {
  const about = fc.record({ free: odd, total: odd }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(about, odd), fc.string({ unit: 'binary' }), (value, junk) => {
      for (const text of [JSON.stringify(value), junk]) {
        const space = readSpace(Buffer.from(text));
        for (const bytes of Object.values(space ?? {})) expect(bytes).toBeGreaterThanOrEqual(0);
        expect(readFeatures(text, 'x', { isOnlyRead: true }).placing).toBe('staged');
      }
    }),
  );
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMarker, readMarker, sinceOf } from '../../../src/backends/marker.ts';
import type { Location } from '../../../src/locations/location.ts';
import { SyncdError } from '../../../src/runtime/errors.ts';

const now = Date.parse('2026-11-28T12:00:00Z');
const good = createMarker({ client: 'ahost', backend: 'nas', writer: 'here' }, now, null);
const odd = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.string({ unit: 'binary', maxLength: 400 }));
const { signal } = new AbortController();

const holding = (content: Buffer) =>
  ({ label: '/place', read: async () => content }) as unknown as Location;

test('a marker is either valid, or reported as damaged by its path; its times are never in the future', async () => {
  const key = fc.constantFrom(...Object.keys(good));
  const changed = fc
    .tuple(key, odd)
    .map(([name, value]) => JSON.stringify({ ...good, [name]: value }));
  const content = fc.oneof(
    changed.map((text) => Buffer.from(text)),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => {
      const read = await readMarker(holding(bytes), { signal }).catch((error: unknown) => error);
      if (read instanceof SyncdError) expect(read.reason).toBe('not_initialised');
      else expect(sinceOf(read as typeof good, now)).toBeLessThanOrEqual(now);
    }),
  );
});

test('a marker dated in the far future owes from now', () => {
  expect(sinceOf({ ...good, since: '9999-01-01T00:00:00Z' }, now)).toBe(now);
});

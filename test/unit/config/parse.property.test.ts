import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { findOverlaps, isWithin, listPlaces } from '../../../src/config/overlap.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { formatProblem, listProblems } from '../../../src/config/problem.ts';
import type { ClientConfig } from '../../../src/config/types.ts';
import type { DirectoryConfig } from '../../../src/kinds/directory/config.ts';

test('no text makes it throw, and every problem is one line with its position', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom('source:', '\n', '  ', '- ', '{', '}', '&a ', '*a', 'directory: /x', '---\n'),
  );
  fc.assert(
    fc.property(fc.array(piece), fc.array(piece), (daemon, client) => {
      const loaded = parseConfig([
        { path: 'backup-syncd.yaml', text: daemon.join('') },
        { path: 'clients/a.yaml', text: client.join('') },
      ]);

      for (const problem of listProblems(loaded)) {
        expect(problem.line).toBeGreaterThan(0);
        expect(problem.column).toBeGreaterThan(0);
        expect(formatProblem(problem)).not.toMatch(/\p{Cc}/u);
      }
    }),
    { numRuns: 500, examples: [[[], ['{', '---\n', '\n', 'source:', '}']]] },
  );
});

test('any tree of values is valid or has problems, never both', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (daemon, client) => {
      const loaded = parseConfig([
        { path: 'backup-syncd.yaml', text: stringify({ defaults: daemon }) },
        {
          path: 'clients/a.yaml',
          text: stringify({ source: { directory: '/a' }, expect: client }),
        },
      ]);

      expect(loaded.config === undefined).toBe(loaded.problems.length > 0);
      if (loaded.config !== undefined) {
        expect(loaded.config.clients.length).toBe(loaded.clientProblems.has('a') ? 0 : 1);
      }
    }),
  );
});

const segment = fc.constantFrom('a', 'b', 'a-b', 'a.b');
const directory = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

test('overlaps: every place at or inside another is found, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(directory, { maxLength: 12 }), (directories) => {
      const places = directories.map((each, index) => placeOf(`c${index}`, each));

      const found = new Set(findOverlaps(places).map(({ inner }) => inner));

      for (const { inner, outer } of findOverlaps(places)) {
        expect(isWithin(inner.directory, outer.directory)).toBe(true);
      }
      const strictlyInside = places.filter((place) =>
        places.some(
          (other) =>
            other.directory !== place.directory && isWithin(place.directory, other.directory),
        ),
      );
      for (const place of strictlyInside) expect(found.has(place)).toBe(true);
      const shared = places.length - new Set(directories).size;
      expect(found.size).toBeGreaterThanOrEqual(shared);
      const apart = places.filter(
        (place) => !places.some((o) => o !== place && isWithin(place.directory, o.directory)),
      );
      for (const place of apart) expect(found.has(place)).toBe(false);
    }),
  );
});

function placeOf(name: string, at: string) {
  const place: DirectoryConfig = { kind: 'directory', directory: at, watch: true };
  const client: ClientConfig = {
    name,
    file: `clients/${name}.yaml`,
    source: { ...place, pollMs: 1000 },
    expect: { snapshotEveryMs: null, graceMs: 0, copies: 1, copiesWithinMs: 1000 },
    audit: { everyMs: 1000 },
    backends: [],
  };
  const [found] = listPlaces(client);
  if (found === undefined) throw new Error('a client has a source');
  return found;
}

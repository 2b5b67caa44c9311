import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderSnapshots as renderLines } from '../../../../src/cli/render/snapshots.ts';
import { initialFacts } from '../../../../src/facts/initial.ts';
import { renderSnapshots } from '../../../../src/http/page/snapshots.ts';
import { snapshotRows } from '../../../../src/report/snapshot-rows.ts';
import { namesToSet } from '../../../../src/repository/catalogue.ts';
import { printable } from '../../../../src/runtime/printable.ts';
import { SnapshotTimes } from '../../../../src/repository/snapshot-times.ts';
import { expectGroups } from '../../../../src/work/groups/due.ts';
import { Reading, type Description } from '../../../../src/work/groups/reading.ts';
import { idOf } from '../../../arbitraries/ids.ts';
import { fileName } from '../../../arbitraries/hostile.ts';

/** The rows of a client with one snapshot that says this about itself. */
function rowsFor(description: Omit<Description, 'id'>) {
  const id = idOf(1);
  const facts = initialFacts('ahost', [], 0);
  const times = new SnapshotTimes().with(new Map([[id, { time: 1, arrivedAt: 1 }]]));
  const snapshots = namesToSet([id]);
  const reading = new Reading({
    known: expectGroups({}, [{ path: '/etc' }], 0),
    snapshots,
    times,
  });
  reading.add({ id, ...description });
  const { source, history } = facts;
  const contents = { ...source.contents, snapshots };
  const known = { ...source, contents, groups: reading.end(1, 'near') };
  return snapshotRows(
    { ...facts, source: known, history: { ...history, times } },
    { copies: 1, backends: [] },
    2,
  );
}

const text = fc.oneof(
  fileName,
  fc.constantFrom('<script>alert(1)</script>', '"', "'&amp;", '\r\n\t', '\u001B]0;title\u0007'),
  fc.integer({ min: 1, max: 5000 }).map((length) => 'x'.repeat(length)),
);
const description = fc.record({ hostname: text, paths: fc.array(text, { maxLength: 30 }) });

/** The characters that may be neither on a page nor on a terminal. */
const CONTROL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u;

const tagsIn = (page: string) => page.match(/</g)?.length;

test('page and command show one short row of plain text for hostile hosts and paths', () => {
  const plain = renderSnapshots('ahost', rowsFor({ hostname: 'a', paths: [] }), 2).markup;
  fc.assert(
    fc.property(description, (hostile) => {
      const rows = rowsFor(hostile);
      const page = renderSnapshots('ahost', rows, 2).markup;
      expect(tagsIn(page)).toBe(tagsIn(plain));
      expect(page).not.toMatch(CONTROL);
      expect(page.length).toBeLessThan(plain.length + 3000);

      const lines = renderLines(rows, 2).map(printable);
      expect(lines).toHaveLength(2);
      expect(lines.join('')).not.toMatch(CONTROL);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(600);
    }),
  );
});

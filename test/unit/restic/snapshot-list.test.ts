import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ResticSnapshot } from '../../../src/restic/entries.ts';
import { SnapshotList } from '../../../src/restic/snapshot-list.ts';

const ID = 'ab'.repeat(32);
const SNAPSHOT = { id: ID, time: '2026-11-29T17:56:34.389614194Z', paths: ['/etc'], hostname: 'a' };

/** The snapshots in a text that arrives in pieces of this many bytes. */
function parseSnapshots(text: string, pieceBytes = Infinity): ResticSnapshot[] {
  const found: ResticSnapshot[] = [];
  const list = new SnapshotList((snapshot) => found.push(snapshot));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes)
    list.push(bytes.subarray(at, at + pieceBytes));
  list.end();
  return found;
}

test('snapshots, with what is not known left empty', () => {
  const time = Date.parse(SNAPSHOT.time);
  expect(parseSnapshots(JSON.stringify([SNAPSHOT]))).toEqual([
    { id: ID, time, hostname: 'a', paths: ['/etc'], tags: [] },
  ]);
  expect(parseSnapshots('null')).toEqual([]);
});

test.each([{ id: '../../etc' }, { id: ID.toUpperCase() }, { time: 'yesterday' }, { hostname: 1 }])(
  '%j does not make a snapshot',
  (wrong) => {
    expect(parseSnapshots(JSON.stringify([{ ...SNAPSHOT, ...wrong }, 7, null]))).toEqual([]);
  },
);

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('[{', '}]', '"', '\\', '\\"'));
const snapshot = fc.record({
  id: fc.constant(ID),
  time: fc.constant(SNAPSHOT.time),
  hostname: text,
  paths: fc.array(text),
  summary: fc.record({ nested: fc.array(text) }),
});

test('any snapshots are found as they are, however their bytes arrive', () => {
  fc.assert(
    fc.property(fc.array(snapshot), fc.integer({ min: 1, max: 50 }), (snapshots, pieceBytes) => {
      const message = JSON.stringify({ message_type: 'status', list: [SNAPSHOT] });
      const found = parseSnapshots(`${message}\n${JSON.stringify(snapshots)}\n`, pieceBytes);
      const stored = JSON.parse(
        Buffer.from(JSON.stringify(snapshots)).toString(),
      ) as typeof snapshots;
      expect(found.map(({ hostname, paths }) => ({ hostname, paths }))).toEqual(
        stored.map(({ hostname, paths }) => ({ hostname, paths })),
      );
    }),
  );
});

test.each(['', 'nothing', '{}', '[', '[{]', ']', '[{"id":"'])('%j is no list', (wrong) => {
  expect(() => parseSnapshots(wrong)).toThrow();
});

test('any bytes are a list or none, and only the end throws', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      new SnapshotList(() => undefined).push(Buffer.from(bytes));
    }),
  );
});

test('a description without end is refused, and not kept', () => {
  const list = new SnapshotList(() => undefined);
  list.push(Buffer.from('[{"id":"'));
  for (let n = 0; n < 20; n++) list.push(Buffer.alloc(1024 * 1024, 'a'));
  expect(() => list.end()).toThrow('not a list');
});

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { initialBackend } from '../../../src/facts/initial.ts';
import { decodeFacts, encodeFacts } from '../../../src/state/encode.ts';
import { ClientState } from '../../../src/state/state-schema.ts';

/** A file that held every fact that a version 1 could, written before facts were kept in chapters. */
const OLD = read('version-1.json');

test('an old state file is read into the chapters of the source', () => {
  const { source } = decodeFacts(ClientState.parse(OLD));

  expect(source.health).toMatchObject({
    state: 'suspect',
    scans: 77,
    noticed: { isAccepted: true },
  });
  expect(source.contents).toMatchObject({ objects: 9, refused: ['data/link'] });
  expect(source.contents.snapshots?.count).toBe(3);
  expect(source.memory.record).toMatchObject({ early: 1, locksTell: true });
});

test('an old state file is read into the chapters of its backends', () => {
  const { backends } = decodeFacts(ClientState.parse(OLD));
  const [usb, own] = ['usb', 'own'].map((name) => backends.get(name) ?? initialBackend(0));
  if (usb === undefined || own === undefined) throw new Error('two were asked for');

  expect(usb.place).toMatchObject({ markerId: 'disk one', up: false, isMissed: true });
  expect(usb.contents).toMatchObject({ keys: 4, lostUnnamed: 2 });
  expect(usb.contents.complete?.count).toBe(2);
  expect(usb.contents.proven?.count).toBe(3);
  expect(usb.attempts).toMatchObject({ state: 'retrying', failures: 3, counters: { syncs: 12 } });
  expect(usb.progress).toEqual({
    pendingObjects: 7,
    pendingBytes: 70,
    progressAt: expect.anything(),
  });
  expect([...usb.disks.keys()]).toEqual(['disk two']);
  expect(usb.disks.get('disk two')?.place.markerId).toBe('disk two');
  expect(own.contents.told?.count).toBe(3);
});

test('an old state file loses nothing when it is saved again', () => {
  const atRest = { own: { state: 'unknown' } }; // nothing is moving when it is read
  const { backends } = OLD as { backends: Record<string, object> };
  const expected = {
    ...(OLD as object),
    backends: { ...backends, own: { ...backends['own'], ...atRest.own } },
  };
  expect(savedAgain(OLD)).toMatchObject(expected);
});

/** A file with every chapter of the first release. Never changed: a later version has to read it as it is. */
const FIRST_RELEASE = read('version-1-2026-11.json');

test('the state file of the first release loses nothing when it is saved again', () => {
  expect(savedAgain(FIRST_RELEASE)).toEqual(FIRST_RELEASE);
});

function savedAgain(stored: unknown): unknown {
  const { file, ...rest } = ClientState.parse(stored);
  const facts = decodeFacts({ file, ...rest });
  return JSON.parse(JSON.stringify(encodeFacts(facts, file.writtenAt, file.writtenBy)));
}

function read(name: string): unknown {
  const url = new URL(`../../fixtures/state/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

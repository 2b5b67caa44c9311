import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  announced,
  clientsWithState,
  loadRemoved,
  saveRemoved,
  updateRemoved,
} from '../../../src/state/removed-clients.ts';
import { temporaryDirectory } from '../../support/temp.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 10);
const NONE = new Map<string, number>();
const configured = (...names: readonly string[]) => new Set(names);

test('a client with a state file but no configuration counts as removed from when that was first noticed', () => {
  const state = { configured: configured('a'), known: ['a', 'b'] };
  const first = updateRemoved(NONE, state, NOW);
  expect([...first]).toEqual([['b', NOW]]);
  expect([...updateRemoved(first, state, NOW + HOUR)]).toEqual([['b', NOW]]);
});

test('it is announced for a day, and not again while its state file stays', () => {
  const state = { configured: configured(), known: ['b'] };
  const removed = updateRemoved(NONE, state, NOW);
  expect(announced(removed, NOW + 24 * HOUR - 1)).toEqual(['b']);
  expect(announced(removed, NOW + 24 * HOUR)).toEqual([]);
  const later = updateRemoved(removed, state, NOW + 100 * HOUR);
  expect(announced(later, NOW + 100 * HOUR)).toEqual([]);
});

test('without a state file it is announced to the end of the day, then forgotten', () => {
  const removed = updateRemoved(NONE, { configured: configured(), known: ['b'] }, NOW);
  const gone = { configured: configured(), known: [] };
  expect([...updateRemoved(removed, gone, NOW + HOUR).keys()]).toEqual(['b']);
  expect([...updateRemoved(removed, gone, NOW + 25 * HOUR).keys()]).toEqual([]);
});

test('one that is configured again is not removed, and a later removal is a new one', () => {
  const removed = updateRemoved(NONE, { configured: configured(), known: ['b'] }, NOW);
  const back = updateRemoved(removed, { configured: configured('b'), known: ['b'] }, NOW + HOUR);
  expect([...back]).toEqual([]);
  const again = updateRemoved(back, { configured: configured(), known: ['b'] }, NOW + 2 * HOUR);
  expect([...again]).toEqual([['b', NOW + 2 * HOUR]]);
});

test('a removal time in the future, after the clock was corrected, does not extend the announcement', () => {
  const removed = new Map([['b', NOW + 1000 * HOUR]]);
  const state = { configured: configured(), known: ['b'] };
  expect([...updateRemoved(removed, state, NOW)]).toEqual([['b', NOW]]);
});

test('the file is read as it was written; a missing or damaged one is ignored', async () => {
  const directory = temporaryDirectory();
  expect([...(await loadRemoved(directory))]).toEqual([]);
  await saveRemoved(directory, new Map([['b', NOW]]));
  expect([...(await loadRemoved(directory))]).toEqual([['b', NOW]]);
  for (const text of ['', '{', 'null', '[1]', '{"b":"soon"}', '{"b":null}']) {
    writeFileSync(join(directory, 'removed-clients'), text);
    expect({ text, removed: [...(await loadRemoved(directory))] }).toEqual({ text, removed: [] });
  }
});

test('state files tell which clients have run', async () => {
  const directory = temporaryDirectory();
  const names = ['a.json', 'b.c.json', 'a.listings', 'a.json.damaged-2026', 'writer-id', 'd.lock'];
  for (const name of names) writeFileSync(join(directory, name), '');
  await saveRemoved(directory, NONE);
  expect((await clientsWithState(directory)).sort()).toEqual(['a', 'b.c']);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RemovedList } from '../../../src/client/removed-list.ts';
import { DIRECT_FILES } from '../../../src/files/own-files.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { saveRemoved } from '../../../src/state/removed-clients.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { temporaryDirectory } from '../../support/temp.ts';

async function listIn(stateDirectory: string): Promise<RemovedList> {
  const list = new RemovedList({
    stateDirectory,
    stateFiles: DIRECT_FILES,
    clock: systemClock,
    log: SILENT_LOG,
  });
  await list.load();
  return list;
}

test('a client that ran, and one that has a state file, are removed, after a restart too', async () => {
  const directory = temporaryDirectory();
  for (const client of ['a', 'b']) writeFileSync(join(directory, `${client}.json`), '{}');
  const list = await listIn(directory);
  await list.note(['a', 'b', 'c']);
  expect(list.names()).toEqual([]);
  await list.note(['a'], ['a', 'b', 'c']);
  expect(list.names()).toEqual(['b', 'c']);
  expect(list.names('c')).toEqual(['c']);
  const next = await listIn(directory);
  expect(next.names()).toEqual(['b', 'c']);
  await next.note(['a', 'b']);
  expect(next.names()).toEqual(['c']);
});

test('a configuration without any client removes none', async () => {
  const directory = temporaryDirectory();
  const list = await listIn(directory);
  await list.note([], ['a']);
  expect(list.names()).toEqual([]);
});

test('a client that a command removed is announced, even if it was the last one', async () => {
  const directory = temporaryDirectory();
  const list = await listIn(directory);
  await list.note(['a'], ['a']);
  await saveRemoved(directory, new Map([['a', Date.now()]]));
  await list.note([], ['a']);
  expect(list.names()).toEqual(['a']);
  await list.note(['a']);
  expect(list.names()).toEqual([]);
});

test('a missing state directory stops nothing', async () => {
  const list = await listIn(join(temporaryDirectory(), 'gone'));
  await list.note(['a'], ['a', 'b']);
  expect(list.names()).toEqual([]);
});

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  discoveredFileOf,
  loadDiscovered,
  saveDiscovered,
} from '../../../src/state/discovered-clients.ts';
import { temporaryDirectory } from '../../support/temp.ts';

test('where clients were found is read again as it was saved, odd paths included', async () => {
  const state = temporaryDirectory();
  const clients = [
    { name: 'a.b', directory: '/srv/odd "path"\n' },
    { name: 'b', directory: '/srv/b' },
  ];
  for (const client of clients) await saveDiscovered(state, client);

  expect((await loadDiscovered(state)).clients).toEqual(expect.arrayContaining(clients));
  await saveDiscovered(state, { name: 'b', directory: '/other/b' });
  expect((await loadDiscovered(state)).clients).toContainEqual({
    name: 'b',
    directory: '/other/b',
  });
  expect(readdirSync(state).sort()).toEqual(['a.b.discovered', 'b.discovered']);
});

test('a record of a newer version is neither read nor replaced, and the others are', async () => {
  const state = temporaryDirectory();
  await saveDiscovered(state, { name: 'a', directory: '/srv/a' });
  const newer = '{"schemaVersion":1,"directory":"/srv/b"}';
  writeFileSync(discoveredFileOf(state, 'b'), newer);

  const { clients, unread } = await loadDiscovered(state);

  expect(clients).toEqual([{ name: 'a', directory: '/srv/a' }]);
  expect(unread.get('b')).toContain('newer version');
  await expect(saveDiscovered(state, { name: 'b', directory: '/srv/b' })).rejects.toMatchObject({
    name: 'UnavailableError',
    hint: expect.stringContaining('run the newer version'),
  });
  expect(readFileSync(discoveredFileOf(state, 'b'), 'utf8')).toBe(newer);
});

test('what is no such file is left out, and a missing directory remembers nothing', async () => {
  const state = temporaryDirectory();
  for (const [name, text] of Object.entries({ a: '{}', b: '"relative"', c: '', d: '"/d' }))
    writeFileSync(discoveredFileOf(state, name), text);
  mkdirSync(discoveredFileOf(state, 'e'));
  writeFileSync(join(state, 'f.json'), '"/f"');

  const nothing = { clients: [], unread: new Map() };
  expect(await loadDiscovered(state)).toEqual(nothing);
  expect(await loadDiscovered(join(state, 'none'))).toEqual(nothing);
  await expect(loadDiscovered(discoveredFileOf(state, 'a'))).rejects.toThrow('ENOTDIR');
});

import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/parse.ts';
import { planReload } from '../../../src/config/reload.ts';
import type { Config, LoadResult } from '../../../src/config/types.ts';
import { placeTraits } from '../../../src/kinds/traits.ts';

function load(clients: Record<string, string>, daemon = ''): LoadResult {
  const files = Object.entries(clients).map(([name, text]) => ({
    path: `clients/${name}.yaml`,
    text,
  }));
  return parseConfig([{ path: 'backup-syncd.yaml', text: daemon }, ...files]);
}

function configOf(loaded: LoadResult): Config {
  if (loaded.config === undefined) throw new Error('the sample is not valid');
  return loaded.config;
}

const before = configOf(load({ a: 'source: { directory: /a }', b: 'source: { directory: /b }' }));

test('clients come, change and go', () => {
  const loaded = load({ b: 'source: { directory: /b2 }', c: 'source: { directory: /c }' });

  const { config, refused } = planReload(before, loaded);

  expect(config.clients.map(({ name, source }) => [name, placeTraits(source).label])).toEqual([
    ['b', '/b2'],
    ['c', '/c'],
  ]);
  expect(refused.size).toBe(0);
});

test('a bad file is refused, and the client keeps its old configuration', () => {
  const loaded = load({
    a: 'source: { directory: a }',
    b: 'source: { directory: /b2 }',
    c: 'x: 1',
  });

  const { config, refused } = planReload(before, loaded);

  expect(config.clients.map(({ source }) => placeTraits(source).label)).toEqual(['/a', '/b2']);
  expect(config.clients[0]).toBe(before.clients[0]);
  expect([...refused.keys()].sort()).toEqual(['a', 'c']);
});

test('a new transfer does not replace one that continues', () => {
  const loaded = load({ a: 'source: nonsense', b: 'source: { directory: /a }' });

  const { config, refused } = planReload(before, loaded);

  expect(config.clients.map(({ name, source }) => [name, placeTraits(source).label])).toEqual([
    ['a', '/a'],
    ['b', '/b'],
  ]);
  expect(refused.get('b')).toEqual([
    {
      file: 'clients/b.yaml',
      line: 1,
      column: 22,
      key: 'source.directory',
      message:
        '"/a" is also the source of client a; choose a separate directory (its old configuration stays in use)',
    },
  ]);
});

test('two clients that claim one place are both refused, and the one that was running continues', () => {
  const loaded = load({
    '0new': 'source: { directory: /a }',
    a: 'source: { directory: /a }',
    b: 'source: { directory: /b }',
  });

  const { config, refused } = planReload(before, loaded);

  expect(config.clients.map(({ name }) => name)).toEqual(['a', 'b']);
  expect([...refused.keys()].sort()).toEqual(['0new', 'a']);
});

test('with a bad backup-syncd.yaml nothing changes', () => {
  const { config } = planReload(before, load({}, 'listen: nowhere'));

  expect(config).toBe(before);
});

test('settings that cannot change live stay, and are named', () => {
  const loaded = load({}, 'listen: 127.0.0.1:1\nstateDirectory: /new\nruntimeDirectory: /run/x');

  const { config, needsRestart } = planReload(before, loaded);

  expect(needsRestart).toEqual(['listen', 'stateDirectory', 'runtimeDirectory']);
  expect(config.listen).toEqual(before.listen);
  expect(config.clients).toEqual([]);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooseDiscovered, type Chooser } from '../../../../src/config/discover/choose.ts';
import type { DiscoveryFacts } from '../../../../src/config/discover/facts.ts';
import { parseGlob, type Glob } from '../../../../src/config/discover/glob.ts';

function globOf(text: string): Glob {
  const parsed = parseGlob(text);
  if ('wrong' in parsed) throw new Error(parsed.wrong);
  return parsed.value;
}

interface Given {
  readonly glob?: string;
  /** repositories */
  readonly found?: readonly string[];
  readonly facts?: Partial<DiscoveryFacts>;
  readonly remembered?: Readonly<Record<string, string>>;
  readonly max?: number;
  readonly names?: readonly string[];
  readonly sources?: readonly string[];
}

function choose({ found = [], remembered = {}, ...given }: Given) {
  const facts: DiscoveryFacts = {
    found: found.map((directory) => ({ directory, is: 'repository' })),
    remembered: Object.entries(remembered).map(([name, directory]) => ({ name, directory })),
    realPaths: [],
    ...given.facts,
  };
  const chooser: Chooser = {
    glob: globOf(given.glob ?? '/srv/*'),
    max: given.max ?? 200,
    facts,
    names: new Set(given.names),
    sources: given.sources ?? [],
  };
  const { clients, unused } = chooseDiscovered(chooser);
  return {
    clients: clients.map(({ name }) => name),
    unused: Object.fromEntries(unused.map(({ directory, message }) => [directory, message])),
    directories: clients.map(({ directory }) => directory),
  };
}

function saying(text: string): unknown {
  return expect.stringContaining(text);
}

test('each repository is a client with the name of its directory', () => {
  expect(choose({ found: ['/srv/b', '/srv/a'] })).toEqual({
    clients: ['a', 'b'],
    directories: ['/srv/a', '/srv/b'],
    unused: {},
  });
});

test('one that has a file is neither discovered nor unused, even if the file names another path', () => {
  const realPaths = [
    ['/srv', '/mnt/disk'],
    ['/backups/c', '/mnt/disk/c'],
  ] as const;
  const found = ['/srv/a', '/srv/b', '/srv/c'].map((directory) => ({
    directory,
    is: 'repository' as const,
  }));
  const sources = ['/srv/a', '/mnt/disk/b', '/backups/c'];

  const { clients, unused } = choose({ facts: { found, realPaths }, sources, names: ['x', 'y'] });

  expect([clients, unused]).toEqual([[], {}]);
});

test('a name that has a file is not taken from it', () => {
  const { clients, unused } = choose({ found: ['/srv/a'], names: ['a'], sources: ['/other'] });

  expect(clients).toEqual([]);
  expect(unused).toEqual({ '/srv/a': saying('clients/a.yaml is about another source') });
});

test('what cannot be the name of a client is not one', () => {
  const { clients, unused } = choose({ found: ['/srv/Bad Name', '/srv/good'] });

  expect(clients).toEqual(['good']);
  expect(unused).toEqual({ '/srv/Bad Name': saying('"Bad Name" cannot be the name of a client') });
});

test('one at another depth than the glob says is shown', () => {
  const { clients, unused } = choose({ glob: '/srv/*/*', found: ['/srv/anna', '/srv/b/c'] });

  expect(clients).toEqual(['b-c']);
  expect(unused).toEqual({ '/srv/anna': saying('/srv/*/* does not match it') });
});

test('one that vanished stays a client, until it has a file or the glob names something else', () => {
  const remembered = { a: '/srv/a' };

  expect(choose({ remembered }).clients).toEqual(['a']);
  expect(choose({ remembered, names: ['a'] }).clients).toEqual([]);
  expect(choose({ remembered, sources: ['/srv/a'], names: ['z'] }).clients).toEqual([]);
  expect(choose({ remembered, glob: '/other/*' }).clients).toEqual([]);
  expect(choose({ remembered: { a: '/srv/b', '../x': '/srv/../x' } }).clients).toEqual([]);
});

test('of two with one name, the one that was there before is the client, and of two new ones neither', () => {
  const found = ['/srv/a-b/c', '/srv/a/b-c'];
  const both = choose({ glob: '/srv/*/*', found });
  expect(both.clients).toEqual([]);
  expect(Object.keys(both.unused)).toEqual(found);

  const known = choose({ glob: '/srv/*/*', found, remembered: { 'a-b-c': '/srv/a/b-c' } });
  expect(known.directories).toEqual(['/srv/a/b-c']);
  expect(known.unused).toEqual({ '/srv/a-b/c': saying('client a-b-c is /srv/a/b-c already') });
});

test('a link is shown, unless it leads to a repository that is used', () => {
  const facts = {
    found: [
      { directory: '/srv/a', is: 'repository' },
      { directory: '/srv/latest', is: 'link', target: '/srv/a' },
      { directory: '/srv/own', is: 'link', target: '/elsewhere/own' },
      { directory: '/srv/etc', is: 'link', target: '/etc' },
    ],
  } as const;

  const { clients, unused } = choose({ facts, sources: ['/elsewhere/own'] });

  expect(clients).toEqual(['a']);
  expect(unused).toEqual({ '/srv/etc': saying('client add NAME --source /etc') });
});

test('what may not be read is shown', () => {
  const found = [{ directory: '/srv/a', is: 'denied' }] as const;
  expect(choose({ facts: { found } })).toMatchObject({
    clients: [],
    unused: { '/srv/a': saying('may not be read') },
  });
});

test('a thousand new repositories fill only what is left of max, and every client stays', () => {
  const flood = Array.from({ length: 1000 }, (_, i) => `/srv/0-${i}`);
  const { clients, unused } = choose({
    found: [...flood, '/srv/z'],
    max: 3,
    remembered: { z: '/srv/z' },
  });

  expect(clients).toEqual(['z', '0-0', '0-1']);
  expect(Object.keys(unused)).toHaveLength(998);
  expect(choose({ found: flood, max: 0 }).clients).toEqual([]);
});

test('of new ones, the oldest come first, even if the state is lost', () => {
  const found = ['/srv/a', '/srv/b', '/srv/c'].map((directory, i) => ({
    directory,
    is: 'repository' as const,
    changedAt: 100 - i,
  }));

  expect(choose({ facts: { found }, max: 2 }).clients).toEqual(['c', 'b']);
});

test('of any repositories: at most max clients, all names differ, and what was a client stays one', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'B', 'a-b', '.x', 'ü');
  const path = fc.tuple(name, name).map(([user, repository]) => `/srv/${user}/${repository}`);
  const repositories = fc.uniqueArray(path);
  fc.assert(
    fc.property(repositories, repositories, fc.nat(5), (found, later, max) => {
      const glob = '/srv/*/*';
      const first = choose({ glob, found, max });
      const remembered = Object.fromEntries(
        first.clients.map((client, i) => [client, first.directories[i] ?? '']),
      );
      const second = choose({ glob, found: later, max, remembered });

      expect(first.clients.length).toBeLessThanOrEqual(max);
      expect(second.clients.length).toBeLessThanOrEqual(max);
      expect(new Set(second.clients).size).toBe(second.clients.length);
      expect(second.directories).toEqual(expect.arrayContaining(first.directories));
      const everywhere = [...second.directories, ...Object.keys(second.unused)];
      expect(new Set(everywhere).size).toBe(everywhere.length);
      expect(everywhere).toEqual(
        expect.arrayContaining(later.filter((each) => !each.includes('/.'))),
      );
    }),
  );
});

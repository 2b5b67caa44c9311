import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../../src/config/parse.ts';
import type { DiscoveryFacts } from '../../../../src/config/discover/facts.ts';
import { formatProblem, listProblems } from '../../../../src/config/problem.ts';
import { placeTraits } from '../../../../src/kinds/traits.ts';

function load(
  daemon: string,
  found: readonly string[],
  given: { clients?: Record<string, string>; facts?: Partial<DiscoveryFacts> } = {},
) {
  const files = [
    { path: 'backup-syncd.yaml', text: daemon },
    ...Object.entries(given.clients ?? {}).map(([name, text]) => ({
      path: `clients/${name}.yaml`,
      text,
    })),
  ];
  return parseConfig(files, '/etc/backup-syncd', {
    found: found.map((directory) => ({ directory, is: 'repository' })),
    realPaths: [],
    remembered: [],
    ...given.facts,
  });
}

function namesIn({ config }: ReturnType<typeof load>): string[] | undefined {
  return config?.clients.map(({ name }) => name);
}

const DAEMON = `
discover: { glob: /srv/* }
defaults: { backends: [{ name: nas, directory: '/mnt/nas/{client}' }] }
`;

test('the sample in the documentation makes eighty clients', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/configuration.md'), 'utf8');
  const [, example = ''] = /^```yaml\n(# backup-syncd.yaml\ndiscover:.*?)```/ms.exec(text) ?? [];
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(8);
  const found = Array.from({ length: 80 }, (_, i) => `/srv/rest-server/host-${i + 100}`);

  const loaded = load(example, found);

  expect(listProblems(loaded)).toEqual([]);
  expect(namesIn(loaded)).toHaveLength(80);
  expect(loaded.config?.clients[0]).toMatchObject({
    name: 'host-100',
    isDiscovered: true,
    expect: { copies: 3 },
    backends: [{ name: 'nas', directory: '/mnt/nas/restic/host-100' }, { name: 'usb' }],
  });
});

test('what is found never harms a client that was there before', () => {
  const other = 'source: { directory: /b }\nbackends: [{ name: x, directory: /mnt/nas/evil }]';
  const remembered = [{ name: 'old', directory: '/srv/old' }];
  const daemon = `
discover: { glob: /srv/* }
defaults:
  backends:
    - { name: nas, directory: '/mnt/nas/{client}' }
    - { name: usb, directory: '/mnt/nas/{client}-2' }
`;

  const loaded = load(daemon, ['/srv/evil', '/srv/old', '/srv/old-2', '/srv/new'], {
    clients: { other },
    facts: { remembered },
  });

  expect(listProblems(loaded)).toEqual([]);
  expect(namesIn(loaded)).toEqual(['other', 'old', 'new']);
  expect(loaded.config?.discovery).toMatchObject({
    unconfigured: 2,
    unused: [
      { directory: '/srv/evil', message: expect.stringContaining('client other') },
      { directory: '/srv/old-2', message: expect.stringContaining('client old') },
    ],
  });
});

test('a replica below the glob is no client of its own', () => {
  const daemon = DAEMON.replace('/srv/*', '/mnt/nas/*');
  const facts = { remembered: [{ name: 'a', directory: '/mnt/nas/a' }] };

  const loaded = load(daemon, ['/mnt/nas/ahost'], {
    clients: { ahost: 'source: { directory: /b }' },
  });

  expect(namesIn(loaded)).toEqual(['ahost']);
  expect(namesIn(load(daemon, [], { facts }))).toEqual([]); // its source would be its backend
});

test('a source of its own replaces one of the defaults', () => {
  const daemon = DAEMON.replace('defaults: {', "defaults: { source: { rclone: 'x:{client}' },");
  const [client] = load(daemon, ['/srv/a']).config?.clients ?? [];
  expect(client && placeTraits(client.source).label).toBe('/srv/a');
});

test('a problem of a discovered client names its directory, and a shared one the defaults', () => {
  const daemon = 'discover: { glob: /srv/* }\nstateDirectory: /srv/a/state';
  expect(listProblems(load(daemon, ['/srv/a'])).map(formatProblem)).toEqual([
    expect.stringMatching(/^\/srv\/a: source.directory: "\/srv\/a" contains stateDirectory/),
  ]);
  const shared = DAEMON.replace('/{client}', '');
  expect(listProblems(load(shared, ['/srv/a', '/srv/b'])).map(formatProblem)).toEqual([
    expect.stringMatching(/^backup-syncd.yaml:3:.*put \{client\} in the path/),
  ]);
});

test('without facts nothing is discovered, and what is wrong with the search is kept', () => {
  const unsearched = parseConfig([{ path: 'backup-syncd.yaml', text: DAEMON }]).config;
  expect([unsearched?.clients, unsearched?.discovery]).toEqual([[], undefined]);
  const { config } = load(DAEMON, [], { facts: { fault: 'it hangs' } });
  expect(config?.discovery).toEqual({ glob: '/srv/*', fault: 'it hangs', unused: [] });
});

test('while the source of a file is unknown, no new repository becomes a client: it may be that source', () => {
  const remembered = [{ name: 'old', directory: '/srv/old' }];
  for (const laptop of [
    'source: { directory: "/srv/foo }',
    '\tsource: x',
    'source: { directory: foo }',
  ]) {
    const given = { clients: { laptop }, facts: { remembered } };
    const loaded = load(DAEMON, ['/srv/foo', '/srv/laptop', '/srv/old'], given);

    expect(namesIn(loaded)).toEqual(['old']);
    const message = expect.stringContaining(
      'it may be the source of clients/laptop.yaml',
    ) as unknown;
    expect(loaded.config?.discovery?.unused).toEqual([
      { directory: '/srv/foo', message },
      { directory: '/srv/laptop', message },
    ]);
  }
});

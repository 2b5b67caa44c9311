import { expect, jest, test } from '@jest/globals';
import { initialFacts } from '../../../src/facts/initial.ts';
import { DIRECT_FILES } from '../../../src/files/own-files.ts';
import { KINDS } from '../../../src/kinds/registry.ts';
import { ROUTES } from '../../../src/locations/routes.ts';
import { FilePool } from '../../../src/locations/directory/io/file-pool.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { SharedPrograms } from '../../../src/work/around.ts';
import { TransferQueue } from '../../../src/work/transfers/transfer-queue.ts';
import { ResticModel } from '../../arbitraries/restic-model.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { MemoryLocation } from '../../support/memory-location.ts';
import { toy } from './toy/kind.ts';
import { TOY_ROUTES } from './toy/routes.ts';

/**
 * A new kind follows the recipe in CONTRIBUTING.md: a location, its rows in the table of routes, a folder with `kind.ts` and `open.ts`,
 * and a line in the registry. Nothing else knows of it.
 */
jest.doMock('../../../src/kinds/registry.ts', () => ({ KINDS: [...KINDS, toy] }));
jest.doMock('../../../src/locations/routes.ts', () => ({
  ROUTES: { ...ROUTES, ...TOY_ROUTES },
}));
const {
  ClientUnit,
  formatProblem,
  initialise,
  listProblems,
  loadOpenings,
  parseConfig,
  placeNamed,
  renderJsonSchema,
} = jest.requireActual<typeof import('./toy/what-knows-kinds.ts')>('./toy/what-knows-kinds.ts');

const NEVER = new AbortController().signal;

const CLIENT = `
source: { toy: 'source/{client}' }
backends:
  - { name: near, toy: 'near/{client}' }
  - { name: far, script: [/bin/true], verify: { toy: far } }
`;

function parse(text: string) {
  return parseConfig([{ path: 'clients/ahost.yaml', text }]);
}

test('its key is known wherever its roles allow it, and errors name it', () => {
  const { config } = parse(CLIENT);
  expect(config?.clients).toMatchObject([
    {
      source: { kind: 'toy', toy: 'source/ahost', pollMs: 60_000 },
      backends: [
        { kind: 'toy', name: 'near', toy: 'near/ahost', seenWithinMs: 86_400_000 },
        { kind: 'script', name: 'far', verify: { kind: 'toy', toy: 'far' } },
      ],
    },
  ]);
  expect(renderJsonSchema('client')).toContain('The name of a place in memory.');

  const wrong = parse(`
source: { toy: source, directory: /a, watch: true }
backends: [{ name: none }, { name: both, toy: a, directory: /b }, { name: odd, toy: a, verify: { toy: b } }]
`);
  const said = listProblems(wrong).map(formatProblem).join('\n');
  for (const text of ['or toy: NAME instead', 'cannot be combined with directory'])
    expect(said).toContain(text);
  expect(said).toMatch(/backends\[2\]\.verify: belongs to a backend with script/);
});

test('places that are the same overlap, for every kind', () => {
  const { clientProblems } = parse(`
source: { toy: same }
backends: [{ name: near, toy: same }]
`);

  expect([...(clientProblems.get('ahost') ?? [])].map(formatProblem).join()).toContain(
    '"same" is also',
  );
});

test.each([
  ['source: { directory: /a }\nbackends: [{ name: near, toy: b }]', 'directory', 'toy'],
  ['source: { toy: a }\nbackends: [{ name: near, directory: /b }]', 'toy', 'directory'],
])('a pair of kinds without a route is refused when it is configured: %s', (text, from, to) => {
  const { clientProblems } = parse(text);

  expect([...(clientProblems.get('ahost') ?? [])].map(formatProblem).join()).toContain(
    `backends[0].${to}: nothing can be copied from a source with ${from} to a backend with ${to}; use `,
  );
});

test('a client is synced from such a place to such a place', async () => {
  const [config] = parse(CLIENT.replace(/.*script.*\n/, '')).config?.clients ?? [];
  if (config === undefined) throw new Error('no client');
  const source = placeNamed('source/ahost');
  const model = new ResticModel(source, [{ verb: 'backup', blobs: [1, 2] }]);
  model.finish();
  const target = placeNamed('near/ahost');
  const owner = { client: 'ahost', backend: 'near', writer: 'here' };
  await initialise({
    owner,
    now: 0,
    signal: NEVER,
    source: new MemoryLocation(source),
    target: new MemoryLocation(target),
  });
  const openings = await loadOpenings();
  const pool = new FilePool();
  onCleanUp(() => pool.close());
  const unit = new ClientUnit({
    config,
    writer: 'here',
    formerWriter: undefined,
    log: SILENT_LOG,
    facts: initialFacts('ahost', ['near'], 0),
    openLocation: ({ config: place, ...how }) =>
      openings.place(place).open(place, { ...how, pool, env: {} }),
    openBackend: (backend, how) => openings.backend(backend).open(backend, how),
    sharedPrograms: new SharedPrograms(),
    transfers: new TransferQueue(),
    scripts: { runtimeDirectory: '/nowhere', files: DIRECT_FILES, env: {} },
    clock: { now: () => Date.now(), elapsedMs: () => 0, random: () => 0.5 },
  });

  const [report] = await unit.sync(NEVER);

  expect(report).toMatchObject({ outcome: 'complete', backend: 'near' });
  const objects = source.paths().filter((path) => !path.startsWith('locks/'));
  expect(target.paths().filter((path) => !path.startsWith('.backup-syncd/'))).toEqual(objects);
  expect(unit.report().backends).toMatchObject([{ kind: 'toy', location: 'near/ahost' }]);
});

import { SharedPrograms } from '../../../src/work/around.ts';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMarker } from '../../../src/backends/marker.ts';
import type { RetireMessage } from '../../../src/client/move-retired.ts';
import { serveControl } from '../../../src/client/control-server.ts';
import { TransferQueue } from '../../../src/work/transfers/transfer-queue.ts';
import { ClientUnit } from '../../../src/client/unit.ts';
import type { BackendConfig } from '../../../src/config/types.ts';
import { DIRECT_FILES, type OwnFiles } from '../../../src/files/own-files.ts';
import type { OnLine } from '../../../src/files/sockets.ts';
import type { DirectoryConfig } from '../../../src/kinds/directory/config.ts';
import type { ScriptConfig } from '../../../src/kinds/script/config.ts';
import { loadOpenings, type Openings } from '../../../src/kinds/load-openings.ts';
import { FilePool } from '../../../src/locations/directory/io/file-pool.ts';
import { SILENT_LOG } from '../../../src/log/log.ts';
import { elapsedMs } from '../../../src/runtime/clock.ts';
import type { ClientFacts } from '../../../src/facts/facts.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import { parseObjectPath } from '../../../src/repository/names.ts';
import { listingFileOf, loadListings, saveListings } from '../../../src/state/listing-file.ts';
import { acquireLock } from '../../../src/state/lock.ts';
import { loadState, saveState, stateFileOf } from '../../../src/state/state-file.ts';
import { fileName, hostileContent, hostilePath, planted } from '../../arbitraries/hostile.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { Surroundings } from '../../support/surroundings.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { treeOf } from '../../support/tree.ts';
import { backup, NEVER, repository } from '../replication/fixtures.ts';

/** In each test one input has hostile content, and nothing outside our places changes (I13). */

const pool = new FilePool();
onCleanUp(() => pool.close());
let openings: Openings;
beforeAll(async () => {
  openings = await loadOpenings();
});
const parent = temporaryDirectory();

const { source } = repository(backup(1, 2), backup(3));
const REPOSITORY = Object.fromEntries(
  source.place
    .paths()
    .map((path) => [path, source.place.content(path) ?? Buffer.alloc(0)] as const),
);
const OBJECTS = Object.keys(REPOSITORY).filter((path) => path !== 'config');
const IDS = OBJECTS.map((path) => path.split('/').at(-1) ?? '');
const MARKER = createMarker({ client: 'ahost', backend: 'nas', writer: 'here' }, 0, null);
const LOCK_FIELDS = ['time', 'exclusive', 'hostname', 'pid'];

const aName = fc.oneof(fileName, fc.constantFrom(...IDS), fc.constant('e'.repeat(64)));
const inRepository = fc.oneof(
  fc.constantFrom('config', 'keys', 'index', 'snapshots', 'data', 'data/00', 'locks'),
  fc.constantFrom(...OBJECTS),
  fc
    .tuple(fc.constantFrom('keys', 'index', 'snapshots', 'data', 'data/ff', 'locks', ''), aName)
    .map((parts) => join(...parts)),
);
const ofOurs = fc
  .oneof(
    fc.constantFrom('', '/backend.json', '/unfinished', '/tmp', '/damaged', '/retired'),
    fc.tuple(fc.constantFrom('tmp', 'damaged', 'retired', 'retired/2026-11-28T224928Z'), aName),
    fc.constantFrom('list', ...OBJECTS).map((path) => `/retired/2026-11-28T224928Z/${path}`),
  )
  .map((path) => join('.backup-syncd', ...[path].flat()));

function surroundings(...mayChange: string[]): Surroundings {
  const made = new Surroundings(parent, REPOSITORY, mayChange);
  const marker = { type: 'file', content: JSON.stringify(MARKER), mtimeMs: 0 } as const;
  made.plant('place', [{ path: '.backup-syncd/backend.json', what: marker }]);
  return made;
}

function placeAt(directory: string): DirectoryConfig {
  return { kind: 'directory', directory, watch: false };
}

function backendAt(directory: string): BackendConfig {
  return {
    ...placeAt(directory),
    name: 'nas',
    maxLagMs: 1,
    seenWithinMs: 86_400_000,
    minFreeBytes: 0,
  };
}

/** A client whose source and backend are real directories. */
function unitOf(
  { around }: Surroundings,
  {
    facts = initialFacts('ahost', ['nas'], 0),
    backend = backendAt(join(around, 'place')),
  }: { facts?: ClientFacts; backend?: BackendConfig } = {},
): ClientUnit {
  const expectations = { snapshotEveryMs: null, graceMs: 0, copies: 2, copiesWithinMs: 1 };
  return new ClientUnit({
    config: {
      name: 'ahost',
      file: 'ahost.yaml',
      expect: expectations,
      backends: [backend],
      audit: { everyMs: 24 * 3_600_000 },
      source: {
        ...placeAt(join(around, 'source')),
        pollMs: 5,
      },
    },
    writer: 'here',
    formerWriter: undefined,
    facts,
    log: SILENT_LOG,
    openLocation: ({ config, ...how }) =>
      openings.place(config).open(config, { ...how, pool, env: process.env }),
    openBackend: (config, how) => openings.backend(config).open(config, how),
    sharedPrograms: new SharedPrograms(),
    scripts: { runtimeDirectory: join(around, 'runtime'), files: DIRECT_FILES, env: process.env },
    transfers: new TransferQueue(),
    clock: { now: () => Date.now(), elapsedMs, random: () => 0.5 },
  });
}

const RETIRE: RetireMessage = {
  verb: 'retire',
  backend: 'nas',
  keys: true,
  all: true,
  objects: [],
  isDryRun: false,
};
const RESTORE: RetireMessage = { verb: 'restore-retired', backend: 'nas', isDryRun: false };

/** Everything that changes a backend. What cannot be done is refused with an error, as it should be. */
async function doAll(unit: ClientUnit): Promise<void> {
  await unit.sync(NEVER);
  await unit.moveRetired('nas', RETIRE, NEVER).catch(expectError);
  await unit.moveRetired('nas', RESTORE, NEVER).catch(expectError);
}

function expectError(error: unknown): void {
  expect(error).toHaveProperty('hint'); // one of ours, not a defect
  expect(error).not.toHaveProperty('reason', 'internal');
}

/** Names in the place that are neither an object's nor were there before. */
function newNames(place: string, before: ReadonlyMap<string, string>): string[] {
  return [...treeOf(place)]
    .filter(([path, what]) => !before.has(path) && what.startsWith('file'))
    .map(([path]) => path)
    .filter((path) => path !== 'config' && !path.startsWith('.backup-syncd/'))
    .filter((path) => parseObjectPath(path) === undefined);
}

/** Each run makes a tree of real files, and syncs them to the disk. */
const RUNS = { numRuns: 8 };

const list = fc
  .array(fc.oneof(hostilePath, fc.constantFrom(...OBJECTS)), { minLength: 10, maxLength: 20 })
  .map((lines) => ({ type: 'file' as const, content: lines.join('\n'), mtimeMs: 0 }));
const shards = IDS.map((id) => `data/${id.slice(0, 2)}`);
const directory = fc.constantFrom('keys', 'index', 'snapshots', '.backup-syncd/tmp', ...shards);
const anywhere = planted(fc.oneof(inRepository, ofOurs), hostileContent(Object.keys(MARKER)));

test('any files at a backend change nothing outside of it', async () => {
  const things = fc.record({
    unfinished: list,
    odd: fc.array(fc.oneof(planted(directory, fc.constant('')), anywhere), { maxLength: 3 }),
    lacking: fc.subarray(OBJECTS, { minLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(things, async ({ unfinished, odd, lacking }) => {
      const around = surroundings('place');
      for (const path of lacking) rmSync(around.at(`place/${path}`));
      around.plant('place', [{ path: '.backup-syncd/unfinished', what: unfinished }, ...odd]);

      await doAll(unitOf(around));

      around.expectUntouched();
    }),
    RUNS,
  );
});

test('any files in a source change nothing but the backend, which gets only objects', async () => {
  const things = fc.array(planted(inRepository, hostileContent(LOCK_FIELDS)), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(things, fc.array(fc.constantFrom(...OBJECTS)), async (list, lacking) => {
      const around = surroundings('place');
      for (const path of lacking) rmSync(around.at(`place/${path}`), { force: true });
      around.plant('source', list);
      const before = treeOf(around.at('place'));

      await doAll(unitOf(around));

      around.expectUntouched();
      expect(newNames(around.at('place'), before)).toEqual([]);
    }),
    RUNS,
  );
});

/** A text of JSON in which one value is another one. */
function replaceOne(value: unknown, at: number, by: unknown): string {
  let n = 0;
  return JSON.stringify(value, (_key, each: unknown) => (n++ === at ? by : each));
}

test('state files with any content change nothing but the state and the backend', async () => {
  const facts = await factsOfAPass();
  const files = fc.record({
    at: fc.nat(300),
    by: hostilePath,
    listings: fc.uint8Array(),
    holder: hostileContent(['pid', 'socket', 'nonce', 'bootId']),
  });
  await fc.assert(
    fc.asyncProperty(files, async ({ at, by, holder, listings }) => {
      const around = surroundings('place', 'state');
      const directory = around.at('state');
      mkdirSync(directory);
      const file = stateFileOf(directory, 'ahost');
      await saveState(file, facts, { now: 1 });
      writeFileSync(file, replaceOne(JSON.parse(readFileSync(file, 'utf8')), at, by));
      writeFileSync(listingFileOf(directory, 'ahost'), listings);
      writeFileSync(join(directory, 'ahost.lock.7'), holder);

      const held = await acquireLock(directory, 'ahost');
      const state = await loadState(file, 'ahost', { putAsideAt: 0 }).catch(expectRefusal);
      const unit = unitOf(around, { facts: state?.facts ?? facts });
      unit.recallSource(await loadListings(listingFileOf(directory, 'ahost')));
      await unit.sync(NEVER);
      await saveListings(listingFileOf(directory, 'ahost'), unit.listings());
      await held.release();

      around.expectUntouched();
    }),
    RUNS,
  );
});

async function factsOfAPass(): Promise<ClientFacts> {
  const unit = unitOf(surroundings('place'));
  await unit.sync(NEVER);
  return unit.store.facts;
}

function expectRefusal(error: unknown): undefined {
  expect(error).toMatchObject({ name: 'UnavailableError' });
}

const request = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .record({
      verb: fc.constantFrom('sync', 'retire', 'restore-retired', 'report', 'snapshots', 'ack', ''),
      backends: fc.array(hostilePath, { maxLength: 2 }),
      backend: fc.oneof(fc.constant('nas'), hostilePath),
      objects: fc.array(hostilePath, { maxLength: 2 }),
      date: fc.option(hostilePath, { nil: undefined }),
      keys: fc.boolean(),
      all: fc.boolean(),
      isDryRun: fc.constant(false),
      by: hostilePath,
      reason: hostilePath,
    })
    .map((asked) => JSON.stringify(asked)),
);

test('any request over the control socket gets an answer, and changes nothing but the backend', async () => {
  const around = surroundings('place', 'state');
  const { ask } = await control(unitOf(around));
  await fc.assert(
    fc.asyncProperty(request, async (line) => {
      const answers = await ask(line);

      expect(answers.length).toBeGreaterThan(0);
      around.expectUntouched();
    }),
    { numRuns: 40 },
  );
});

/** The control server of a unit, without a socket. */
async function control(unit: ClientUnit) {
  let onLine: OnLine = () => undefined;
  const serve: OwnFiles['serve'] = async (_path, handler) => {
    onLine = handler;
    return Promise.resolve();
  };
  const files = { ...DIRECT_FILES, call: async () => true, serve };
  const daemon = () => ({ refused: [], unknown: [], notReady: [] });
  const own = files as unknown as OwnFiles;
  await serveControl('/socket', unit, {
    files: own,
    signal: NEVER,
    daemon,
    save: async () => undefined,
  });
  const ask = async (line: string) =>
    new Promise<unknown[]>((resolve) => {
      const said: unknown[] = [];
      onLine(line, { say: (text) => said.push(JSON.parse(text)), end: () => resolve(said) });
    });
  return { ask };
}

test('any output of a script, and any files at its place, change nothing but its lists', async () => {
  const things = fc.array(planted(inRepository, hostileContent(LOCK_FIELDS)), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(things, hostileContent(['added']), async (list, output) => {
      const around = surroundings('runtime');
      rmSync(around.at('place/snapshots'), { recursive: true }); // so that there is something to do
      around.plant('place', list);
      mkdirSync(around.at('runtime'));
      const said = join(around.at('runtime'), 'said');
      writeFileSync(said, output);
      const verify: DirectoryConfig = { ...placeAt(around.at('place')), listEveryMs: 1 };
      const script: ScriptConfig = {
        kind: 'script',
        script: ['/bin/cat', said],
        verify,
        deadlineMs: 60_000,
      };
      const unit = unitOf(around, { backend: { ...backendAt(''), ...script } });

      const [report] = await unit.sync(NEVER);

      expect(report).toMatchObject({ outcome: expect.stringMatching(/complete|failed/) });
      around.expectUntouched();
    }),
    { numRuns: 3 },
  );
});

import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { FileCalls } from '../../src/locations/directory/io/file-calls.ts';
import { UnfinishedPass } from '../../src/locations/directory/unfinished-pass.ts';
import { Catalogue } from '../../src/repository/catalogue.ts';
import { HASHED_KINDS, objectPath } from '../../src/repository/names.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { treeOf } from '../support/tree.ts';

const pool = new FilePool();
onCleanUp(() => pool.close());

const NEVER = { signal: new AbortController().signal };
const RECEIVING = { ...NEVER, minFreeBytes: 0, onProgress: () => undefined };
const CONTENTS = ['first', 'second', 'third'];
const objects = CONTENTS.map((content) => ({ content, id: sha256(content) }));
const [damaged = ''] = objects.map(({ id }) => id);
const shard = `data/${damaged.slice(0, 2)}`;

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function plant(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** A source, a place that an unfinished pass has left, and a foreign tree that has all the names that may be touched. */
function makeScene() {
  const around = temporaryDirectory();
  const [source, root, foreign] = ['source', 'place', 'foreign'].map((name) => join(around, name));
  if (source === undefined || root === undefined || foreign === undefined) throw new Error();
  const inSource = HASHED_KINDS.flatMap((kind) =>
    objects.map(({ id, content }) => [objectPath(kind, id), content] as const),
  );
  plant(source, { ...Object.fromEntries(inSource), config: 'config' });
  const own = {
    '.backup-syncd/backend.json': '{}',
    '.backup-syncd/tmp/0123456789ab-0': 'left',
    '.backup-syncd/unfinished': HASHED_KINDS.map((k) => objectPath(k, damaged)).join('\n'),
    'keys/x': 'x',
    'index/x': 'x',
    'snapshots/x': 'x',
    [`${shard}/x`]: 'x',
    config: 'config',
  };
  plant(root, own);
  for (const kind of HASHED_KINDS) plant(foreign, { [objectPath(kind, damaged)]: 'damaged' });
  plant(foreign, {
    ...own,
    [damaged]: 'damaged',
    'tmp/0123456789ab-0': 'left',
    unfinished: 'mine',
  });
  plant(foreign, { '0123456789ab-0': 'left', 'backend.json': '{}', [`${shard.slice(5)}/x`]: 'x' });
  return { source, root, foreign };
}

async function doAll(sourceRoot: string, location: DirectoryLocation): Promise<unknown[]> {
  const source = new DirectoryLocation({ root: sourceRoot, role: 'source', pool });
  const transfer = Catalogue.from(objects.map(({ id, content }) => [id, content.length]));
  const outcomes = [];
  const steps = [
    () => location.sweep(NEVER),
    ...HASHED_KINDS.map(
      (kind) => () => location.receive({ source, kind, objects: transfer }, RECEIVING),
    ),
    () => location.write('.backup-syncd/backend.json', Buffer.from('{"new":1}'), NEVER),
    () => location.settle(NEVER),
  ];
  for (const step of steps) outcomes.push(await step().catch((error: unknown) => error));
  return outcomes;
}

const LINKS = ['.backup-syncd', '.backup-syncd/tmp', '.backup-syncd/unfinished', 'keys', 'index'];
const swapped = [...LINKS, 'snapshots', 'data', shard];

test.each(swapped)('%s is replaced by a link: nothing behind the link changes', async (path) => {
  const { source, root, foreign } = makeScene();
  const before = treeOf(foreign);
  const location = new DirectoryLocation({ root, role: 'backend', pool });
  rmSync(join(root, path), { recursive: true });
  const leadsTo = path.endsWith('unfinished') ? join(foreign, 'unfinished') : foreign;
  symlinkSync(leadsTo, join(root, path));

  const outcomes = await doAll(source, location);

  expect(treeOf(foreign)).toEqual(before);
  const messages = outcomes.filter((outcome) => outcome instanceof Error).map(String);
  expect(messages.join('\n')).toContain(join(root, path));
  expect(messages.join('\n')).not.toContain('/proc/self/fd');
});

test('a list that is a hard link to a foreign file is not written through', async () => {
  const { root, foreign } = makeScene();
  const before = treeOf(foreign);
  rmSync(join(root, '.backup-syncd/unfinished'));
  linkSync(join(foreign, 'unfinished'), join(root, '.backup-syncd/unfinished'));
  const unfinished = new UnfinishedPass(
    new FileCalls({ pool, root, role: 'backend', silenceMs: 30_000 }),
    () => undefined,
  );

  await expect(unfinished.add(['index/x'], NEVER.signal)).rejects.toThrow('unfinished');

  expect(treeOf(foreign)).toEqual(before);
});

test('a directory that keeps turning into a link and back: nothing behind the link changes', async () => {
  const { source, root, foreign } = makeScene();
  const before = treeOf(foreign);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const paths = ['.backup-syncd/tmp', 'snapshots', shard, 'keys'].map((path) => join(root, path));
  const swapper = new Worker(SWAP, { eval: true, workerData: { paths, foreign, stop } });
  await new Promise((resolve) => swapper.once('message', resolve));
  const ended = new Promise<number>((resolve) => swapper.once('message', resolve));
  const until = Date.now() + 1_500;

  while (Date.now() < until) {
    await doAll(source, new DirectoryLocation({ root, role: 'backend', pool }));
  }
  Atomics.store(stop, 0, 1);

  expect(await ended).toBeGreaterThan(100);
  expect(treeOf(foreign)).toEqual(before);
});

/** Exchanges directories for links and back, as fast as it can. */
const SWAP = `
  const { renameSync, symlinkSync, rmSync } = require('node:fs');
  const { parentPort, workerData: { paths, foreign, stop } } = require('node:worker_threads');
  for (const path of paths) symlinkSync(foreign, path + '.link');
  let swaps = 0;
  parentPort.postMessage('ready');
  while (Atomics.load(stop, 0) === 0) {
    for (const path of paths) {
      try {
        renameSync(path, path + '.away');
        renameSync(path + '.link', path);
        renameSync(path, path + '.link');
        renameSync(path + '.away', path);
        swaps += 1;
      } catch {
        try { renameSync(path + '.away', path); } catch {}
      }
    }
  }
  parentPort.postMessage(swaps);
`;

import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { Care } from '../../src/locations/care.ts';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FileCalls } from '../../src/locations/directory/io/file-calls.ts';
import type { Args, OperationName, Result } from '../../src/locations/directory/io/operations.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { Lister } from '../../src/locations/directory/lister.ts';
import { flatten } from '../../src/repository/data-catalogue.ts';
import { idOf } from '../arbitraries/ids.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { mountForgetful } from '../support/forgetful.ts';
import { mountPassthrough } from '../support/fuse.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const pool = new FilePool();
onCleanUp(() => pool.close());
const LISTING = { signal: new AbortController().signal, care: 'names' } as const;

/** A repository of which `data/` may be another mount. */
async function placeOn(where: 'all' | 'data', mount: (path?: string) => Promise<string>) {
  const root = where === 'all' ? await mount() : join(temporaryDirectory(), 'repository');
  for (const path of ['snapshots', 'data']) mkdirSync(join(root, path), { recursive: true });
  if (where === 'data') await mount(join(root, 'data'));
  mkdirSync(join(root, 'data', 'aa'));
  const location = new DirectoryLocation({ root, role: 'source', pool });
  const ids = async (kind: 'data' | 'snapshots', care: Care) => {
    const { objects } = await location.list(kind, { ...LISTING, care });
    return [...objects.entries()].map(({ id }) => id);
  };
  return { root, location, ids };
}

describeWithTools(['forgetful'], 'directory times that do not move', () => {
  test.each(['all', 'data'] as const)(
    'what comes and goes is in the next listing, of a poll too (%s)',
    async (where) => {
      const { root, ids } = await placeOn(
        where,
        async (path) => (await mountForgetful({ frozenTimes: true, ...(path && { path }) })).path,
      );
      const pack = 'aa'.padEnd(64, '0');
      const file = join(root, 'data', 'aa', pack);
      for (const care of ['poll', 'names'] as const) {
        await ids('data', care);
        await ids('data', care);
        writeFileSync(file, 'x');
        expect(await ids('data', care)).toEqual([pack]);
        rmSync(file);
        expect(await ids('data', care)).toEqual([]);
      }
      await ids('snapshots', 'poll');
      writeFileSync(join(root, 'snapshots', idOf(1)), 'x');
      expect(await ids('snapshots', 'poll')).toEqual([idOf(1)]);
    },
  );
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** File calls of which each listing takes as long as the test says, by a clock that moves only when the test sets it. */
class SlowCalls extends FileCalls {
  listingMs = 0;
  private time = performance.now();

  constructor(root: string) {
    super({ pool, root, role: 'source', silenceMs: 60_000 });
    jest.spyOn(performance, 'now').mockImplementation(() => this.time);
  }

  wait(ms: number): void {
    this.time += ms;
  }

  override async call<N extends OperationName>(
    operation: N,
    options: { readonly signal: AbortSignal },
    ...args: Args<N>
  ): Promise<Result<N>> {
    if (operation === 'list') this.wait(this.listingMs);
    return super.call(operation, options, ...args);
  }
}

describeWithTools(['forgetful'], 'names that take long to read', () => {
  const MINUTE = 60_000;
  let isThere = 0;

  test.each([
    { what: 'under a second', listingMs: 200, care: 'poll', seen: [1, 2, 3] },
    { what: 'over a second', listingMs: 1_100, care: 'poll', seen: [0, 0, 3] },
    { what: 'over a second', listingMs: 1_100, care: 'names', seen: [1, 2, 3] },
  ] as const)('a listing of $what is repeated when it has to be ($care)', async (kind) => {
    const { listingMs, care, seen } = kind;
    const { path: root } = await mountForgetful({ frozenTimes: true });
    mkdirSync(join(root, 'snapshots'));
    const calls = new SlowCalls(root);
    const lister = new Lister(calls);
    const count = async (how: Care) =>
      (await lister.list('snapshots', { ...LISTING, care: how })).objects.count;
    const addOne = () => writeFileSync(join(root, 'snapshots', idOf(++isThere)), 'x');
    calls.listingMs = listingMs;
    await count('poll');
    await count('poll');

    const found: (number | undefined)[] = [];
    for (const minutes of [1, 13, 2]) {
      addOne();
      calls.wait(minutes * MINUTE);
      found.push(await count(care));
    }

    expect(found).toEqual(seen);
  });
});

describeWithTools(['fuse'], 'a FUSE mount', () => {
  test('an object that is replaced by us has its new size', async () => {
    const { path } = await mountPassthrough();
    const source = await placeOn('all', async () => Promise.resolve(temporaryDirectory()));
    const id = createHash('sha256').update('whole').digest('hex');
    const at = (root: string) => join(root, 'data', id.slice(0, 2), id);
    for (const root of [source.root, path])
      mkdirSync(join(root, 'data', id.slice(0, 2)), { recursive: true });
    mkdirSync(join(path, '.backup-syncd'));
    writeFileSync(at(source.root), 'whole');
    writeFileSync(at(path), 'who');
    const target = new DirectoryLocation({ root: path, role: 'backend', pool });
    expect((await target.list('data', LISTING)).objects.sizeOf(id)).toBe(3);

    const { objects } = await source.location.list('data', LISTING);
    await target.sweep(LISTING);
    const send = { ...LISTING, minFreeBytes: 0, onProgress: () => undefined };
    const transfer = { source: source.location, kind: 'data', objects: flatten(objects) } as const;
    await target.receive(transfer, send);

    expect((await target.list('data', LISTING)).objects.sizeOf(id)).toBe(5);
  });
});

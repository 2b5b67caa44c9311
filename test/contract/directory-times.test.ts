import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { flatten } from '../../src/repository/data-catalogue.ts';
import { idOf } from '../arbitraries/ids.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { mountForgetful } from '../support/forgetful.ts';
import { mountPassthrough } from '../support/fuse.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const pool = new FilePool();
onCleanUp(() => pool.close());
const LISTING = { signal: new AbortController().signal, sizes: true, incremental: true };

/** A repository of which `data/` may be another mount. */
async function placeOn(where: 'all' | 'data', mount: (path?: string) => Promise<string>) {
  const root = where === 'all' ? await mount() : join(temporaryDirectory(), 'repository');
  for (const path of ['snapshots', 'data']) mkdirSync(join(root, path), { recursive: true });
  if (where === 'data') await mount(join(root, 'data'));
  mkdirSync(join(root, 'data', 'aa'));
  const location = new DirectoryLocation({ root, role: 'source', pool });
  const ids = async (kind: 'data' | 'snapshots', isPoll: boolean) => {
    const { objects } = await location.list(kind, { ...LISTING, isPoll });
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
      for (const isPoll of [true, false]) {
        await ids('data', isPoll);
        await ids('data', isPoll);
        writeFileSync(file, 'x');
        expect(await ids('data', isPoll)).toEqual([pack]);
        rmSync(file);
        expect(await ids('data', isPoll)).toEqual([]);
      }
      await ids('snapshots', true);
      writeFileSync(join(root, 'snapshots', idOf(1)), 'x');
      expect(await ids('snapshots', true)).toEqual([idOf(1)]);
    },
  );
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

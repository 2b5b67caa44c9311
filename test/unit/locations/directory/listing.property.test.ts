import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DirectoryLocation } from '../../../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../../../src/locations/directory/io/file-pool.ts';
import { objectPath } from '../../../../src/repository/names.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { temporaryDirectory } from '../../../support/temp.ts';

const pool = new FilePool();
onCleanUp(() => pool.close());
const LISTING = { signal: new AbortController().signal, care: 'names' } as const;

type Step =
  | { readonly do: 'add'; readonly pack: number }
  | { readonly do: 'delete' | 'replace'; readonly pack: number }
  | { readonly do: 'list' };

const packs = Array.from({ length: 8 }, (_, n) =>
  `${n % 2 === 0 ? 'aa' : 'bb'}${n}`.padEnd(64, '0'),
);
const pack = fc.nat(7);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), pack }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), pack }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), pack }) },
    { weight: 4, arbitrary: fc.constant({ do: 'list' as const }) },
  ),
  { minLength: 3, maxLength: 25 },
);

/** A repository's packs, changed as another program would, beside a model of them. */
class Directory {
  readonly root = temporaryDirectory();
  readonly model = new Map<string, number>();

  apply(step: Exclude<Step, { do: 'list' }>): void {
    const id = packs[step.pack] ?? '';
    const path = join(this.root, objectPath('data', id));
    if (step.do === 'add')
      this.add(id, path, step.pack); // its content, and so its size, goes with its name
    else if (step.do === 'delete') {
      rmSync(path, { force: true });
      this.model.delete(id);
    } else this.replaceShard(id.slice(0, 2));
  }

  private add(id: string, path: string, size: number): void {
    if (this.model.has(id)) return; // objects are never changed in place
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, Buffer.alloc(size));
    this.model.set(id, size);
  }

  /** Replaces a directory by an empty one, as a restore does. */
  private replaceShard(shard: string): void {
    const path = join(this.root, 'data', shard);
    mkdirSync(path, { recursive: true });
    renameSync(path, join(temporaryDirectory(), 'old'));
    mkdirSync(path);
    for (const id of [...this.model.keys()]) if (id.startsWith(shard)) this.model.delete(id);
  }
}

test('an incremental listing is right after any changes since the last one', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const directory = new Directory();
      const location = new DirectoryLocation({ root: directory.root, role: 'source', pool });
      for (const step of [...list, { do: 'list' as const }]) {
        if (step.do !== 'list') {
          directory.apply(step);
          continue;
        }
        const { objects } = await location.list('data', LISTING);
        const found = new Map([...objects.entries()].map(({ id, size }) => [id, size]));
        expect(found).toEqual(directory.model);
      }
    }),
    { numRuns: 25 },
  );
});

test.each(['the times of the directory stay as they are', 'they are set back'])(
  'a file that comes while %s is in the next listing',
  async (what) => {
    const directory = new Directory();
    directory.apply({ do: 'add', pack: 0 });
    const location = new DirectoryLocation({ root: directory.root, role: 'source', pool });
    const shard = join(directory.root, 'data', packs[0]?.slice(0, 2) ?? '');
    const { mtime } = statSync(shard);
    utimesSync(shard, 1_000, 1_000);
    await location.list('data', LISTING);
    directory.apply({ do: 'add', pack: 2 });
    if (what === 'they are set back') utimesSync(shard, 1_000, 1_000);
    else utimesSync(shard, mtime, mtime);

    expect((await location.list('data', LISTING)).objects.count).toBe(2);
  },
);

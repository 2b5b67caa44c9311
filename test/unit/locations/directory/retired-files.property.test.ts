import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { restoreRetired } from '../../../../src/backends/retire.ts';
import { DirectoryLocation } from '../../../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../../../src/locations/directory/io/file-pool.ts';
import type { RetiredPlace } from '../../../../src/locations/retired-place.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { temporaryDirectory } from '../../../support/temp.ts';
import { treeOf } from '../../../support/tree.ts';

const pool = new FilePool();
onCleanUp(() => pool.close());

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const [INDEX, SNAPSHOT, KEY] = ['an index', 'a snapshot', 'a key'].map(sha256) as [
  string,
  string,
  string,
];
const DATE = '2026-11-28T224928Z';
const { signal } = new AbortController();

/** A source, a replica of another client and the place itself, side by side, as on many a backup server. */
const around = temporaryDirectory();
const root = join(around, 'place');
const OUTSIDE = {
  'source/config': 'config',
  [`source/index/${INDEX}`]: 'an index',
  'other-client/config': 'config',
  [`other-client/.backup-syncd/retired/${DATE}/list`]: `index/${INDEX}\n`,
};
const IN_PLACE = {
  'place/config': 'config',
  'place/README': 'mine',
  'place/.backup-syncd/backend.json': '{}',
  [`place/keys/${KEY}`]: 'a key',
  [`place/.backup-syncd/retired/${DATE}/list`]: `index/${INDEX}\nsnapshots/${SNAPSHOT}\n`,
  [`place/.backup-syncd/retired/${DATE}/index/${INDEX}`]: 'an index',
  [`place/.backup-syncd/retired/${DATE}/snapshots/${SNAPSHOT}`]: 'a snapshot',
};

beforeEach(makeAll);

function makeAll(): void {
  for (const name of ['place', 'source', 'other-client'])
    rmSync(join(around, name), { recursive: true, force: true });
  for (const [path, content] of Object.entries({ ...OUTSIDE, ...IN_PLACE })) put(path, content);
}

function put(path: string, content: string): void {
  mkdirSync(dirname(join(around, path)), { recursive: true });
  writeFileSync(join(around, path), content);
}

function open(): RetiredPlace {
  return new DirectoryLocation({ root, pool, role: 'backend' }).retired;
}

async function restore(date?: string): Promise<readonly string[]> {
  const { moved } = await restoreRetired({
    owner: { client: 'a', backend: 'b' },
    place: open(),
    date,
    signal,
    isDryRun: false,
    onStep: () => undefined,
    complete: undefined,
    arrivals: undefined,
  });
  return moved;
}

function outside(): unknown {
  return [treeOf(join(around, 'source')), treeOf(join(around, 'other-client'))];
}

/** The files that a list can never name. */
function untouched(): unknown {
  const tree = treeOf(root);
  return ['config', 'README', `keys/${KEY}`, '.backup-syncd/backend.json'].map((path) =>
    tree.get(path),
  );
}

const hostileLine = fc.oneof(
  fc.constantFrom(
    ...['config', './config', '../source/config', '../../source/config', '/etc/passwd', 'README'],
    ...[`locks/${INDEX}`, `data/00/${INDEX}`, `index/../keys/${KEY}`, `keys/${KEY}`, '.', '..'],
    ...[`index/${INDEX}`, `snapshots/${SNAPSHOT}`, `index//${INDEX}`, `index/${INDEX}/..`],
    ...[`../../../../source/index/${INDEX}`, `INDEX/${INDEX}`, `index/${INDEX}\r`, 'index'],
    ...['.backup-syncd/backend.json', `index/${INDEX} `, `\u0000index/${INDEX}`],
  ),
  fc.string({ unit: 'binary', maxLength: 80 }),
);

test('a list with any content moves back only exact names of retired objects', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileLine, { maxLength: 8 }), async (lines) => {
      makeAll();
      const [before, inPlace] = [outside(), untouched()];
      const text = lines.join('\n');
      put(`place/.backup-syncd/retired/${DATE}/list`, text);
      const listed = new Set(text.split('\n'));
      const wanted = [`snapshots/${SNAPSHOT}`, `index/${INDEX}`].filter((path) => listed.has(path));
      if (wanted.length === 1 && wanted[0] === `snapshots/${SNAPSHOT}`) {
        await expect(restore()).rejects.toThrow('may need'); // its index would stay away
        return;
      }

      expect([...(await restore())].sort()).toEqual(wanted.sort());

      expect(outside()).toEqual(before);
      expect(untouched()).toEqual(inPlace);
    }),
    { numRuns: 40 },
  );
});

test.each([
  ['the trial', '.backup-syncd/tmp/retire-trial'],
  ['the moved trial', '.backup-syncd/retired/trial'],
  ['the list', `.backup-syncd/retired/${DATE}/list`],
])(
  'a hard link to a file outside the place, in place of %s: that file keeps its content',
  async (...[, path]) => {
    const before = outside();
    rmSync(join(root, path), { force: true });
    mkdirSync(dirname(join(root, path)), { recursive: true });
    linkSync(join(around, 'source/config'), join(root, path));
    const place = open();

    await place.tryToMove({ signal, kinds: ['index'] });
    await place.writeList(DATE, `index/${INDEX}\n`, { signal });

    expect(outside()).toEqual(before);
    expect(await place.readList(DATE, { signal })).toBe(`index/${INDEX}\n`);
  },
);

test.each([
  ['.backup-syncd/retired', '.backup-syncd/retired'],
  ['a date', `.backup-syncd/retired/${DATE}`],
  ['a kind', `.backup-syncd/retired/${DATE}/keys`],
])(
  'a symbolic link in place of %s: nothing is moved, and nothing outside changes',
  async (...[, path]) => {
    rmSync(join(root, path), { recursive: true, force: true });
    mkdirSync(join(around, 'other-client/keys'), { recursive: true });
    symlinkSync(join(around, 'other-client'), join(root, path));
    const before = outside();
    const place = open();

    const moving = (async () => {
      await place.tryToMove({ signal, kinds: ['keys'] });
      await place.writeList(DATE, `keys/${KEY}\n`, { signal });
      await place.move({ kind: 'keys', ids: [KEY], date: DATE, to: 'retired' }, { signal });
    })();

    await expect(moving).rejects.toThrow('symbolic link');
    expect(await place.list({ signal })).not.toContainEqual(expect.objectContaining({ id: KEY }));
    expect(existsSync(join(root, 'keys', KEY))).toBe(true);
    expect(outside()).toEqual(before);
  },
);

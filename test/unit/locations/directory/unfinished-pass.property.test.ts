import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DirectoryLocation } from '../../../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../../../src/locations/directory/io/file-pool.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { temporaryDirectory } from '../../../support/temp.ts';
import { treeOf } from '../../../support/tree.ts';

const pool = new FilePool();
onCleanUp(() => pool.close());

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const INTACT = sha256('intact');
const OTHER = sha256('other');

/** A source, a replica of another client and the place itself, side by side, as on many a backup server. */
const around = temporaryDirectory();
const root = join(around, 'place');
const FILES = {
  'source/config': 'config',
  [`source/data/${OTHER.slice(0, 2)}/${OTHER}`]: 'not that',
  'other-client/config': 'config',
  [`other-client/index/${OTHER}`]: 'not that',
  'place/config': 'config',
  [`place/index/${INTACT}`]: 'intact',
  'place/README': 'mine',
  [`place/locks/${OTHER}`]: 'not that',
};

const hostileName = fc.oneof(
  fc.constantFrom(
    ...[
      'config',
      './config',
      'README',
      '../source/config',
      '../../elsewhere/config',
      '/etc/passwd',
    ],
    ...[`locks/${OTHER}`, `../other-client/index/${OTHER}`, `index/../../source/config`, '.', '..'],
    ...[`index/${INTACT}`, `index//${INTACT}`, `data/${INTACT}`, `index/${INTACT}/..`, `data/00`],
    ...[`data/../index/${OTHER}`, `../source/data/${OTHER.slice(0, 2)}/${OTHER}`, 'index', 'data'],
    ...['.backup-syncd/backend.json', '.backup-syncd', `INDEX/${OTHER}`, `index/${OTHER}\r`],
  ),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .tuple(
      fc.constantFrom('..', '.', 'source', 'index', 'keys', ''),
      fc.constantFrom(OTHER, 'config'),
    )
    .map((parts) => parts.join('/')),
);

test('a list of an unfinished pass with any content touches nothing but damaged objects', async () => {
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(around, path)), { recursive: true });
    writeFileSync(join(around, path), content);
  }
  mkdirSync(join(root, '.backup-syncd/tmp'), { recursive: true });
  writeFileSync(join(root, '.backup-syncd/backend.json'), '{}');
  const list = join(root, '.backup-syncd/unfinished');
  const location = new DirectoryLocation({ root, role: 'backend', pool });
  const before = treeOf(around);

  await fc.assert(
    fc.asyncProperty(
      fc.array(hostileName, { maxLength: 5 }),
      fc.uint8Array(),
      async (names, tail) => {
        writeFileSync(list, Buffer.concat([Buffer.from(names.join('\n')), tail]));

        await location.sweep(new AbortController());

        rmSync(list, { force: true });
        expect(treeOf(around)).toEqual(before);
      },
    ),
  );
});

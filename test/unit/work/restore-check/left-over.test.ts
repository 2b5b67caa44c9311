import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FactStore } from '../../../../src/facts/fact-store.ts';
import { initialFacts } from '../../../../src/facts/initial.ts';
import { SILENT_LOG } from '../../../../src/log/log.ts';
import { FreshDirectory } from '../../../../src/work/restore-check/fresh-directory.ts';
import { clearLeftOver, remembering } from '../../../../src/work/restore-check/left-over.ts';
import { temporaryDirectory } from '../../../support/temp.ts';
import { throughAFile } from '../../state/through-a-file.ts';

/** The facts of a process that was killed while it restored. */
async function killed(directory: FreshDirectory): Promise<FactStore> {
  const store = new FactStore(initialFacts('ahost', [], 0));
  let saved = store.facts;
  await remembering({ store }, directory, async () => {
    await directory.create();
    writeFileSync(join(directory.path, 'secret'), '');
    expect(store.takeDirty()).toBe(true);
    saved = throughAFile(store.facts);
  });
  expect(store.source.restores.restoringIn).toBeUndefined();
  return new FactStore(saved);
}

test.each(['another directory is configured', 'no restore checks are configured'])(
  'what a killed process restored is removed at the next start, also if %s by then',
  async (what) => {
    const parent = temporaryDirectory();
    const directory = new FreshDirectory(parent, 'ahost');
    const store = await killed(directory);
    const other = new FreshDirectory(temporaryDirectory(), 'ahost');
    mkdirSync(other.path);

    const configured = what.startsWith('another') ? other : undefined;
    await clearLeftOver(configured, { store, log: SILENT_LOG });

    expect([existsSync(parent), existsSync(directory.path)]).toEqual([true, false]);
    expect(existsSync(other.path)).toBe(configured === undefined);
    expect(store.source.restores.restoringIn).toBeUndefined();
  },
);

test('nothing is removed that cannot be such a directory, and what cannot be removed is not forgotten', async () => {
  const parent = temporaryDirectory();
  mkdirSync(join(parent, 'home'));
  const store = new FactStore(initialFacts('ahost', [], 0));
  store.updateSource('restores', { restoringIn: join(parent, 'home') });
  await clearLeftOver(undefined, { store, log: SILENT_LOG });
  expect(existsSync(join(parent, 'home'))).toBe(true);

  const restoringIn = join(parent, 'backup-syncd-restore-ahost');
  writeFileSync(restoringIn, 'a file');
  store.updateSource('restores', { restoringIn });
  await clearLeftOver(undefined, { store, log: SILENT_LOG });
  expect(store.source.restores.restoringIn).toBe(restoringIn);
});

test('a directory that hangs holds one thread, however many clients have theirs there', async () => {
  let begun = 0;
  const hangs = async () => {
    begun += 1;
    return new Promise<void>(() => undefined);
  };
  for (const client of ['ahost', 'bhost', 'chost']) {
    const store = new FactStore(initialFacts(client, [], 0));
    void clearLeftOver(
      { path: `/nas/${client}`, clearLeftOver: hangs },
      { store, log: SILENT_LOG },
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(begun).toBe(1);
});

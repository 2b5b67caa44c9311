import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ServedSockets } from '../../../src/client/served-sockets.ts';
import { DIRECT_FILES, type OwnFiles } from '../../../src/files/own-files.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { temporaryDirectory } from '../../support/temp.ts';

async function makeSockets(directory: string, names: readonly string[]): Promise<string[]> {
  const paths = names.map((name) => join(directory, name));
  for (const path of paths) {
    await DIRECT_FILES.serve(path, () => undefined);
    onCleanUp(() => DIRECT_FILES.call('closeSocket', { path }));
  }
  return paths;
}

/** Files whose calls are counted. */
function countCalls(): { readonly files: OwnFiles; readonly calls: string[] } {
  const calls: string[] = [];
  const call: OwnFiles['call'] = (operation, args) => {
    calls.push(operation);
    return DIRECT_FILES.call(operation, args);
  };
  return { files: { ...DIRECT_FILES, call }, calls };
}

test('only sockets that are still in place are served', async () => {
  const [directory, other] = [temporaryDirectory(), temporaryDirectory()];
  const [kept, removed, replaced] = await makeSockets(directory, ['a', 'b', 'c']);
  const [elsewhere] = await makeSockets(other, ['a']);
  rmSync(removed ?? '');
  rmSync(replaced ?? '');
  writeFileSync(replaced ?? '', 'a file in its place');

  const sockets = new ServedSockets(directory, DIRECT_FILES);
  const all = [kept, removed, replaced, elsewhere].map((path) => sockets.has(path ?? ''));

  expect(await Promise.all(all)).toEqual([true, false, false, false]);
});

test('all who ask at about the same time share one call', async () => {
  const directory = temporaryDirectory();
  const paths = await makeSockets(directory, ['a', 'b', 'c']);
  const { files, calls } = countCalls();
  const sockets = new ServedSockets(directory, files);

  await Promise.all(paths.map((path) => sockets.has(path)));
  await sockets.has(paths[0] ?? '');

  expect(calls).toEqual(['servedSockets']);
});

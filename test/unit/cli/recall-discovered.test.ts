import { expect, test } from '@jest/globals';
import { recall } from '../../../src/cli/discovery.ts';
import { DIRECT_FILES, type OwnFiles } from '../../../src/files/own-files.ts';
import { saveDiscovered } from '../../../src/state/discovered-clients.ts';
import { temporaryDirectory } from '../../support/temp.ts';

/** A state directory with clients `a` and `b`, where a read of `b` may fail. */
async function stateDirectory() {
  const state = temporaryDirectory();
  const clients = ['a', 'b'].map((name) => ({ name, directory: `/srv/${name}` }));
  for (const client of clients) await saveDiscovered(state, client);
  const files: OwnFiles = {
    ...DIRECT_FILES,
    call: async (operation, args) => {
      if (operation === 'read' && 'path' in args && args.path.endsWith('/b.discovered'))
        throw Object.assign(new Error('ETIMEDOUT: no answer'), { code: 'ETIMEDOUT' });
      return DIRECT_FILES.call(operation, args);
    },
  };
  return { state, clients, files };
}

test('a record that cannot be read removes no client: a daemon continues with what it knows, and says so', async () => {
  const { state, clients, files } = await stateDirectory();
  const removed = { name: 'removed', directory: '/srv/removed' };

  expect(await recall(state, files, [...clients, removed])).toEqual({
    remembered: clients,
    fault: `cannot read in ${state} what was discovered before: ETIMEDOUT: no answer`,
  });
  expect(await recall(state, DIRECT_FILES, [])).toEqual({
    remembered: expect.arrayContaining(clients) as unknown,
  });
});

test('such a record is replaced when its client is taken', async () => {
  const { state, files } = await stateDirectory();
  const moved = { name: 'b', directory: '/srv/other' };

  await saveDiscovered(state, moved, files);

  expect((await recall(state, DIRECT_FILES, [])).remembered).toContainEqual(moved);
});

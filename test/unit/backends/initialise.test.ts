import { expect, test } from '@jest/globals';
import { initialise } from '../../../src/backends/initialise.ts';
import { diagnoseSource } from '../../../src/replication/source-problem.ts';
import { MemoryLocation } from '../../support/memory-location.ts';

const OPTIONS = { now: 0, signal: new AbortController().signal };
const OWNER = { client: 'ahost', backend: 'nas', writer: 'here' };

function initWith(...entries: readonly string[]) {
  const target = new MemoryLocation(undefined, '/replica');
  for (const entry of entries) target.place.put(`${entry}/x`, '');
  return initialise({ source: new MemoryLocation(), target, owner: OWNER, ...OPTIONS });
}

const LEFTOVERS = [
  ...['.Trash-1000', '.Trashes', 'System Volume Information', '$RECYCLE.BIN', '@eaDir', '#recycle'],
  ...['@Recycle', '.snapshots', '.snapshot', '.zfs', 'lost+found', '.DS_Store', '.Spotlight-V100'],
];

test('what NAS boxes and file systems leave behind is in nobody’s way', async () => {
  expect(await initWith(...LEFTOVERS)).toMatchObject({ backend: 'nas' });
});

test.each(['photos', 'Trash-1000', '.Trash-mine', 'data', 'snapshots'])(
  '%s is in the way',
  async (name) => {
    await expect(initWith('lost+found', name)).rejects.toThrow(`it holds ${name}`);
  },
);

test('a source that holds only such things is empty', () => {
  const found = { root: 'directory', entries: LEFTOVERS, erasureFormat: false } as const;
  expect(diagnoseSource(found, '/source').fault).toBe('empty');
});

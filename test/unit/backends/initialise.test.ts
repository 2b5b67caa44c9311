import { expect, test } from '@jest/globals';
import { adopt, initialise } from '../../../src/backends/initialise.ts';
import { claimMarker, requireMarker } from '../../../src/backends/marker.ts';
import { requireRightDisk } from '../../../src/backends/new-place.ts';
import { UNKNOWN_CONTENTS } from '../../../src/facts/contents.ts';
import { initialBackend } from '../../../src/facts/initial.ts';
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

test('files that NAS boxes and file systems leave behind do no harm', async () => {
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

test('taking over the place of another client is never suggested', async () => {
  const target = new MemoryLocation(undefined, '/replica');
  const source = new MemoryLocation();
  await initialise({ source, target, owner: OWNER, ...OPTIONS });
  const other = { source, target, owner: { ...OWNER, client: 'bhost' }, ...OPTIONS };

  const hint = expect.stringContaining('each client needs its own place') as unknown;
  await expect(initialise(other)).rejects.toMatchObject({ hint });
  await expect(adopt(other)).rejects.toMatchObject({ hint });
  await expect(initialise({ ...other, owner: OWNER })).rejects.toMatchObject({
    hint: expect.stringContaining('backup-syncd backend init --adopt ahost nas') as unknown,
  });
});

test('the marker of a newer version is refused, and no command replaces it', async () => {
  const target = new MemoryLocation(undefined, '/replica');
  const source = new MemoryLocation();
  source.place.put('config', 'c');
  const newer = '{"schemaVersion":2,"id":"x"}';
  target.place.put('.backup-syncd/backend.json', newer);
  const all = { source, target, owner: OWNER, ...OPTIONS };
  const known = { ...initialBackend(0), contents: { ...UNKNOWN_CONTENTS, baselineAt: 1 } };
  const place = { ...all, known, isRemote: false, flags: [], isNewDisk: true, isSameDisk: true };

  for (const refused of [
    requireMarker(target, OWNER, { ...OPTIONS, isRemote: false }),
    requireRightDisk(place),
    initialise(all),
    adopt(all),
  ])
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/^the marker \/replica.* newer version .*schemaVersion 2,/),
      reason: 'not_initialised',
      hint: expect.stringContaining('run the newer version'),
    });
  expect(target.place.content('.backup-syncd/backend.json')?.toString()).toBe(newer);
});

test('what a later version has added to a marker stays when it is claimed', async () => {
  const target = new MemoryLocation(undefined, '/replica');
  await initialise({ source: new MemoryLocation(), target, owner: OWNER, ...OPTIONS });
  const file = '.backup-syncd/backend.json';
  const marker = JSON.parse(String(target.place.content(file))) as object;
  target.place.put(file, JSON.stringify({ ...marker, unheardOf: 7 }));

  const renamed = { ...OWNER, client: 'bhost', formerClients: ['ahost'] };
  await claimMarker(target, renamed, { ...OPTIONS, isRemote: false });

  expect(JSON.parse(String(target.place.content(file)))).toEqual({
    ...marker,
    client: 'bhost',
    unheardOf: 7,
  });
});

test('a damaged marker comes with a command to copy', async () => {
  const target = new MemoryLocation(undefined, '/replica');
  target.place.put('.backup-syncd/backend.json', '{');
  const hint = 'if this is the right place, run: backup-syncd backend init --adopt ahost nas';

  await expect(requireMarker(target, OWNER, { ...OPTIONS, isRemote: false })).rejects.toMatchObject(
    { hint },
  );
  const init = initialise({ source: new MemoryLocation(), target, owner: OWNER, ...OPTIONS });
  await expect(init).rejects.toMatchObject({ hint });
});

test.each([
  [
    ['config', 'keys', 'data', 'index', 'snapshots'],
    /^put the keys back, for example from a replica/,
  ],
  [['keys', 'data', 'index', 'snapshots'], /^put config back, for example from a replica/],
  [['photos'], /^set source to the place/],
])('a source that contains %j comes with what helps', (entries, hint) => {
  const found = { root: 'directory', entries, erasureFormat: false } as const;
  expect(diagnoseSource(found, '/source')).toMatchObject({
    fault: 'not_a_repository',
    hint: expect.stringMatching(hint) as unknown,
  });
});

import { expect, test } from '@jest/globals';
import { KeyFiles, type ExaminedKeys } from '../../../src/replication/key-files.ts';
import { planSync } from '../../../src/replication/plan.ts';
import { takeView } from '../../../src/replication/take-view.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { SyncdError } from '../../../src/runtime/errors.ts';
import { keyFile } from '../../support/key-file.ts';
import { sha256, type MemoryLocation } from '../../support/memory-location.ts';
import { backup, NEVER, presentAt, repository, sync, viewOf } from './fixtures.ts';
import { MemoryLocation as Memory } from '../../support/memory-location.ts';

const options = { signal: NEVER, now: () => 1_000 };

/** A key file of any content, under its right name. */
function plant(source: MemoryLocation, content: string, mtimeMs?: number): string {
  const id = sha256(content);
  source.place.put(`keys/${id}`, content, mtimeMs);
  return id;
}

async function examine(source: MemoryLocation, keyFiles = new KeyFiles()): Promise<ExaminedKeys> {
  const { objects } = await source.list('keys', { signal: NEVER, care: 'names' });
  return keyFiles.examine(source, objects, { signal: NEVER });
}

test('a malformed key is not in the view, is named, and holds up nothing else', async () => {
  const { source, model } = repository(backup(1));
  const junk = plant(source, 'junk');
  const added = model.writeKey(2);
  const target = new Memory();

  const { view, keyFiles } = await takeView(source, options);
  const result = await sync(planSync(view, await presentAt(target)), source, { target });

  expect(view.objects.keys.count).toBe(2);
  expect(view.objects.keys.has(added)).toBe(true);
  expect(view.listedKeys?.has(junk)).toBe(true);
  expect(keyFiles).toMatchObject({ malformed: [expect.stringContaining(junk)], waiting: 0 });
  expect(result.outcome).toBe('complete');
  expect(target.place.names('keys')).toHaveLength(2);
});

test('beyond 15 keys the new ones wait, the oldest first, and those that were let through stay', async () => {
  const { source } = repository(backup(1));
  const keyFiles = new KeyFiles();
  for (let i = 2; i <= 14; i++) plant(source, keyFile({}, i), i);
  const before = await examine(source, keyFiles);
  const late = plant(source, keyFile({}, 16), 5_000);
  const early = plant(source, keyFile({}, 15), 4_000);
  // well-formed, and older than all others: an upload with any time
  plant(source, keyFile({}, 17), 6_000);

  const after = await examine(source, keyFiles);

  expect(before.keys.count).toBe(14);
  expect(after.keys.count).toBe(15);
  expect(after.keys.has(early)).toBe(true);
  expect(after.keys.has(late)).toBe(false);
  expect(after.waiting).toBe(2);
  expect([...before.keys.entries()].every(({ id }) => after.keys.has(id))).toBe(true);
});

test('when one of them goes, the next moves up', async () => {
  const { source } = repository(backup(1));
  const keyFiles = new KeyFiles();
  const first = plant(source, keyFile({}, 2), 2);
  for (let i = 3; i <= 17; i++) plant(source, keyFile({}, i), i);
  expect(await examine(source, keyFiles)).toMatchObject({ waiting: 2 });
  source.place.delete(`keys/${first}`);

  expect(await examine(source, keyFiles)).toMatchObject({ keys: { count: 15 }, waiting: 1 });
});

test('keys that an earlier process accepted are not read again', async () => {
  const { source } = repository(backup(1));
  const { keys } = await examine(source);
  source.calls.length = 0;

  const again = await examine(source, new KeyFiles([...keys.entries()].map(({ id }) => id)));

  expect(again.keys.count).toBe(1);
  expect(source.calls.map(({ method }) => method)).toEqual(['list']);
});

test('a key that is still being written is read again for the next view', async () => {
  const { source } = repository(backup(1));
  const keyFiles = new KeyFiles();
  const content = keyFile({}, 2);
  const id = sha256(content);
  source.place.put(`keys/${id}`, content.slice(0, 100));
  const half = await examine(source, keyFiles);
  source.place.put(`keys/${id}`, content);

  const whole = await examine(source, keyFiles);

  expect(half).toMatchObject({ keys: { count: 1 }, malformed: [expect.stringContaining(id)] });
  expect(whole).toMatchObject({ keys: { count: 2 }, malformed: [] });
});

test('a huge file is not read at all, and an unreadable one is skipped', async () => {
  const { source } = repository(backup(1));
  plant(source, 'x'.repeat(5_000));
  const read = source.read.bind(source);
  const locked = plant(source, keyFile({}, 2));
  const paths: string[] = [];
  source.read = async (path, how) => {
    paths.push(path);
    if (path === `keys/${locked}`) throw new SyncdError('source_unavailable', 'EACCES');
    return read(path, how);
  };

  const { keys, malformed } = await examine(source);

  expect(keys.count).toBe(1);
  expect(malformed).toHaveLength(2);
  expect(paths).toHaveLength(2);
});

test('a source whose keys are all malformed has no view', async () => {
  const { source } = repository(backup(1));
  for (const name of source.place.names('keys')) source.place.delete(`keys/${name}`);
  plant(source, 'junk');

  await expect(takeView(source, options)).rejects.toThrow('has no key that restic can open');
});

test('at a replica with 19 keys only one more is sent: restic tries 20', async () => {
  const { source, model } = repository(backup(1));
  model.writeKey(2);
  model.writeKey(3);
  const view = await viewOf(source);
  const stale = Catalogue.from(
    Array.from({ length: 19 }, (_, i) => [sha256(`stale ${i}`), 100] as const),
  );
  const present = await presentAt(new Memory());

  const plan = planSync(view, { ...present, objects: { ...present.objects, keys: stale } });

  expect(plan.phases.find(({ kind }) => kind === 'keys')?.send.count).toBe(1);
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Care } from '../../../src/locations/care.ts';
import { takeView } from '../../../src/replication/take-view.ts';
import { objectPath } from '../../../src/repository/names.ts';
import type { View } from '../../../src/repository/view.ts';
import { resticActions } from '../../arbitraries/restic-actions.ts';
import { checkRepository, ResticModel } from '../../arbitraries/restic-model.ts';
import { idOf } from '../../arbitraries/ids.ts';
import { MemoryLocation, MemoryPlace } from '../../support/memory-location.ts';
import { backup, NEVER, repository } from './fixtures.ts';

const options = { signal: NEVER, now: () => 1_000 };

test('a view holds every object of a repository at rest', async () => {
  const { source } = repository(backup(1, 2), backup(2, 3));

  const { view } = await takeView(source, options);

  const ids = (['keys', 'data', 'index', 'snapshots'] as const).flatMap((kind) =>
    [...view.objects[kind].entries()].map(({ id }) => objectPath(kind, id)),
  );
  expect(['config', ...ids].sort()).toEqual(source.place.paths());
  expect(view).toMatchObject({ takenAt: 1_000, configBytes: 6 });
});

test('it is taken in the order snapshots, index, data, keys, config, what is in the keys, index again', async () => {
  const { source } = repository(backup(1));

  await takeView(source, options);

  expect(source.calls.map(({ method, kind }) => [method, kind].filter(Boolean).join(' '))).toEqual([
    'list snapshots',
    'list index',
    'list index',
    'list data',
    'list keys',
    'read',
    'stat keys',
    'read',
    'list index',
  ]);
});

/** The part of a place that a view names. */
function seenThrough(view: View, place: MemoryPlace): MemoryPlace {
  const seen = new MemoryPlace();
  seen.put('config', place.content('config') ?? '');
  for (const kind of ['keys', 'data', 'index', 'snapshots'] as const) {
    for (const { id } of view.objects[kind].entries()) {
      const path = objectPath(kind, id);
      const content = place.content(path);
      if (content !== undefined) seen.put(path, content);
    }
  }
  return seen;
}

test('while restic backs up, forgets and prunes: every index of a view had all its packs', async () => {
  await fc.assert(
    fc.asyncProperty(
      resticActions,
      resticActions,
      fc.array(fc.nat(4), { minLength: 1, maxLength: 30 }),
      async (history, meanwhile, pace) => {
        const everything = new MemoryPlace();
        const source = new MemoryLocation();
        const model = new ResticModel(source.place, [...history, ...meanwhile]);
        source.place.onChange = (path) => {
          const content = source.place.content(path);
          if (content !== undefined) everything.put(path, content);
        };
        model.steps(history.length * 4);
        for (const path of source.place.paths())
          everything.put(path, source.place.content(path) ?? '');
        source.before = ({ number }) => model.steps(pace[number % pace.length] ?? 0);

        const { view } = await takeView(source, options).catch(() => ({ view: undefined }));

        if (view === undefined) return; // it never held still
        const seen = seenThrough(view, everything);
        for (const { id } of view.objects.snapshots.entries()) {
          if (source.place.content(`snapshots/${id}`) === undefined) seen.delete(`snapshots/${id}`);
        }
        expect(checkRepository(seen)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

test('a source that is pruned again and again is busy', async () => {
  const { source } = repository(backup(1));
  source.before = ({ method, number }) => {
    if (method === 'list') source.place.put(`index/${idOf(number)}`, 'x');
  };

  await expect(takeView(source, options)).rejects.toMatchObject({
    fault: 'busy',
    reason: 'source_busy',
  });
});

test('an index that is gone at the end makes it take the view again', async () => {
  const { source } = repository(backup(1), backup(2));
  let hasListedData = false;
  source.before = ({ method, kind }) => {
    if (method === 'list' && kind === 'data') hasListedData = true;
    if (method !== 'list' || kind !== 'index' || !hasListedData) return;
    hasListedData = false;
    source.place.delete(source.place.paths('index')[0] ?? '');
    source.before = () => undefined;
  };

  const { view } = await takeView(source, options);

  expect(view.objects.index.count).toBe(1);
});

test('remembered names are not trusted at full care', async () => {
  const { source } = repository(backup(1));
  const asked: Care[] = [];
  const list = source.list.bind(source);
  source.list = (kind, how) => {
    asked.push(how.care);
    return list(kind, how);
  };

  await takeView(source, { ...options, care: 'full' });

  expect(new Set(asked)).toEqual(new Set(['full']));
});

describe('no repository', () => {
  test('a source without config', async () => {
    const { source } = repository(backup(1));
    source.place.delete('config');

    await expect(takeView(source, options)).rejects.toMatchObject({ fault: 'not_a_repository' });
  });

  test('a source without keys: nothing could ever be decrypted', async () => {
    const { source } = repository(backup(1));
    source.place.delete(source.place.paths('keys')[0] ?? '');

    await expect(takeView(source, options)).rejects.toThrow(/has no key/);
  });

  test('an empty directory, as an unmounted disk leaves it', async () => {
    const source = new MemoryLocation();

    await expect(takeView(source, options)).rejects.toMatchObject({
      fault: 'empty',
      reason: 'source_unavailable',
    });
  });
});

test('cancelled at any call, it rejects with an AbortError', async () => {
  const { source } = repository(backup(1));
  for (let n = 0; n < 7; n++) {
    const controller = new AbortController();
    const before = source.calls.length;
    source.before = ({ number }) => {
      if (number - before === n) controller.abort();
    };

    const taking = takeView(source, { ...options, signal: controller.signal });

    await expect(taking).rejects.toMatchObject({ name: 'AbortError' });
  }
});

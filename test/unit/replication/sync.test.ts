import { describe, expect, test } from '@jest/globals';
import { objectPath } from '../../../src/repository/names.ts';
import type { Objects } from '../../../src/repository/objects.ts';
import { idOf } from '../../arbitraries/ids.ts';
import { checkRepository } from '../../arbitraries/restic-model.ts';
import { MemoryLocation, sha256 } from '../../support/memory-location.ts';
import { backup, planFor, presentAt, repository, sync, viewOf } from './fixtures.ts';

const SECOND_KEY = 'a second key';
const SECOND_KEY_ID = sha256(SECOND_KEY);

const nth = (location: MemoryLocation, directory: string, n = 0) =>
  location.place.paths(directory)[n] ?? '';

test('a first sync ends with a complete replica, in the order that keeps it intact', async () => {
  const { source } = repository(backup(1, 2), backup(2, 3));
  const target = new MemoryLocation();
  const recorder = { steps: [], placed: [] };

  const result = await sync(await planFor(source, target), source, { target, recorder });

  expect(result).toMatchObject({ outcome: 'complete', corrupt: [] });
  expect(target.place.paths()).toEqual(source.place.paths());
  expect(recorder.steps).toEqual([
    'swept',
    'config-written',
    'keys-received',
    'keys-proven',
    'data-received',
    'data-proven',
    'index-received',
    'index-proven',
    'snapshots-received',
    'snapshots-proven',
  ]);
});

test('the source is only ever listed, statted and read', async () => {
  const { source } = repository(backup(1, 2));
  const target = new MemoryLocation();

  await sync(await planFor(source, target), source, { target });

  expect(source.writes).toEqual([]);
});

test('existing objects are not sent again', async () => {
  const { model, source } = repository(backup(1, 2));
  const target = new MemoryLocation();
  await sync(await planFor(source, target), source, { target });
  model.act(backup(2, 3));

  const plan = await planFor(source, target);

  expect(plan.sendsConfig).toBe(false);
  expect(plan.phases.map(({ kind, send }) => [kind, send.count])).toEqual([
    ['data', 1],
    ['index', 1],
    ['snapshots', 1],
  ]);
});

describe('barriers (I7)', () => {
  test.each(['keys', 'data', 'index', 'snapshots'])(
    'a target that loses %s is caught before anything that needs them is visible',
    async (kind) => {
      const { source } = repository(backup(1, 2));
      const target = new MemoryLocation();
      target.lie = (path) => (path.startsWith(kind) ? 'nothing' : undefined);

      const failing = sync(await planFor(source, target), source, { target });

      await expect(failing).rejects.toMatchObject({ reason: 'verify' });
      expect(target.place.names('snapshots')).toEqual([]);
    },
  );

  test('a target that cuts an object short is caught', async () => {
    const { source } = repository(backup(1, 2));
    const target = new MemoryLocation();
    target.lie = (path) => (path.startsWith('data') ? 'short' : undefined);

    const failing = sync(await planFor(source, target), source, { target });

    await expect(failing).rejects.toMatchObject({ reason: 'verify' });
    expect(target.place.names('index')).toEqual([]);
  });

  test.each(['data', 'index', 'snapshots'])(
    'the %s that are there count, even if others failed',
    async (kind) => {
      const { source } = repository(backup(1), backup(2), backup(3));
      const [lost, refused, arrived] = source.place.paths(kind);
      const target = new MemoryLocation();
      target.lie = (path) => (path === lost ? 'nothing' : undefined);
      target.refuse = (path) => path === refused;
      const recorder = { steps: [], placed: [] as Objects[] };

      const failing = sync(await planFor(source, target), source, { target, recorder });

      await expect(failing).rejects.toMatchObject({ reason: 'verify' });
      const [, id] = /([0-9a-f]{64})$/.exec(arrived ?? '') ?? [];
      const counted = recorder.placed.map((placed) => placed[kind as 'index']);
      expect(counted.map((objects) => objects.count).filter((count) => count > 0)).toEqual([1]);
      expect(counted.some((objects) => objects.has(id ?? ''))).toBe(true);
    },
  );

  test('an object that is refused fails the pass before anything that needs it is sent', async () => {
    const { source } = repository(backup(1), backup(2));
    const refused = nth(source, 'data');
    const target = new MemoryLocation();
    target.refuse = (path) => path === refused;

    const failing = sync(await planFor(source, target), source, { target });

    await expect(failing).rejects.toMatchObject({
      reason: 'permission',
      message: expect.stringContaining(refused),
    });
    expect(target.place.paths('data')).toEqual(
      source.place.paths('data').filter((path) => path !== refused),
    );
    expect(target.place.names('index')).toEqual([]);
  });

  test('config must read back as it was written', async () => {
    const { source } = repository(backup(1));
    const target = new MemoryLocation();
    target.before = ({ method }) => {
      if (method === 'read') target.place.put('config', 'other');
    };

    const failing = sync(await planFor(source, target), source, { target });

    await expect(failing).rejects.toMatchObject({ reason: 'verify' });
    expect(target.place.names('keys')).toEqual([]);
  });
});

describe('corruption at the source (I5)', () => {
  test.each(['data', 'index'])(
    'a corrupt object of %s is never sent; the good ones are, what would show them is not',
    async (kind) => {
      const { source } = repository(backup(1, 2), backup(3));
      const bad = nth(source, kind);
      source.place.put(bad, Buffer.from(source.place.content(bad) ?? '').reverse());
      const target = new MemoryLocation();

      const result = await sync(await planFor(source, target), source, { target });

      expect(result.outcome).toBe('withheld');
      expect(result.corrupt.map(({ id }) => objectPath(kind as 'data', id))).toEqual([bad]);
      expect(target.place.content(bad)).toBeUndefined();
      expect(target.place.names('snapshots')).toEqual([]);
      expect(target.place.paths('data')).toHaveLength(
        source.place.paths('data').length - (kind === 'data' ? 1 : 0),
      );
    },
  );

  test('of a flood of corrupt objects, a thousand are named, and nothing new becomes visible', async () => {
    const { source } = repository(backup(1, 2));
    const target = new MemoryLocation();
    const plan = await planFor(source, target);
    const receive = target.receive.bind(target);
    const flood = Array.from({ length: 300_000 }, (_, n) => ({ id: idOf(n), message: 'wrong' }));
    target.receive = async (transfer, options) => ({
      ...(await receive(transfer, options)),
      corrupt: transfer.kind === 'data' ? flood : [],
    });

    const result = await sync(plan, source, { target });

    expect(result.outcome).toBe('withheld');
    expect(result.corrupt).toHaveLength(1_000);
    expect(target.place.paths('snapshots')).toEqual([]);
  });

  test('a corrupt snapshot file is withheld alone', async () => {
    const { source } = repository(backup(1), backup(2));
    const bad = nth(source, 'snapshots');
    source.place.put(bad, Buffer.from(source.place.content(bad) ?? '').reverse());
    const target = new MemoryLocation();

    const result = await sync(await planFor(source, target), source, { target });

    expect(result).toMatchObject({ outcome: 'withheld', corrupt: [{ kind: 'snapshots' }] });
    expect(target.place.names('snapshots')).toHaveLength(1);
  });

  test('a good object at the target is not replaced by a corrupt one of another size', async () => {
    const { source } = repository(backup(1, 2));
    const target = new MemoryLocation();
    await sync(await planFor(source, target), source, { target });
    const bad = nth(source, 'data');
    const good = target.place.content(bad);
    source.place.put(bad, 'truncated');

    const result = await sync(await planFor(source, target), source, { target });

    expect(result.outcome).toBe('withheld');
    expect(target.place.content(bad)).toEqual(good);
  });

  test('a replica without any good key is not shown', async () => {
    const { source } = repository(backup(1));
    const key = nth(source, 'keys');
    const target = new MemoryLocation();
    const plan = await planFor(source, target);
    source.place.put(key, Buffer.from(source.place.content(key) ?? '').reverse());

    const result = await sync(plan, source, { target });

    expect(result).toMatchObject({ outcome: 'withheld', corrupt: [{ kind: 'keys' }] });
    expect(checkRepository(target.place)).toEqual([]);
  });
});

describe('what vanishes at the source', () => {
  test.each(['data', 'index'])(
    '%s: the view is out of date, what was sent is kept',
    async (kind) => {
      const { source } = repository(backup(1, 2), backup(3));
      const target = new MemoryLocation();
      const plan = await planFor(source, target);
      source.place.delete(nth(source, kind));

      const result = await sync(plan, source, { target });

      expect(result.outcome).toBe('replan');
      expect(target.place.names('snapshots')).toEqual([]);
      expect(target.place.paths('data').length).toBeGreaterThan(0);
    },
  );

  test('a snapshot that vanishes is dropped', async () => {
    const { source } = repository(backup(1), backup(2));
    const target = new MemoryLocation();
    const plan = await planFor(source, target);
    source.place.delete(nth(source, 'snapshots'));

    const result = await sync(plan, source, { target });

    expect(result.outcome).toBe('complete');
    expect(target.place.names('snapshots')).toEqual(source.place.names('snapshots'));
  });

  test('a key that vanishes is dropped if there is another one', async () => {
    const { source } = repository(backup(1));
    source.place.put(objectPath('keys', SECOND_KEY_ID), SECOND_KEY);
    const target = new MemoryLocation();
    const plan = await planFor(source, target);
    source.place.delete(objectPath('keys', SECOND_KEY_ID));

    const result = await sync(plan, source, { target });

    expect(result.outcome).toBe('complete');
  });

  test('the only key is replaced, as by `key passwd`: nothing becomes visible that no key opens', async () => {
    const { source } = repository(backup(1));
    const target = new MemoryLocation();
    const plan = await planFor(source, target);
    source.place.delete(nth(source, 'keys'));
    source.place.put(objectPath('keys', SECOND_KEY_ID), SECOND_KEY);

    const result = await sync(plan, source, { target });

    expect(result.outcome).toBe('replan');
    expect(checkRepository(target.place)).toEqual([]);
  });
});

describe('config (I4)', () => {
  test('is not sent when its content differs from the view', async () => {
    const { source } = repository(backup(1));
    const target = new MemoryLocation();
    const plan = await planFor(source, target);
    source.place.put('config', 'migrated');

    const result = await sync(plan, source, { target });

    expect(result.outcome).toBe('replan');
    expect(target.place.paths()).toEqual([]);
  });
});

describe('space', () => {
  test('too little space is reported before anything is sent', async () => {
    const { source } = repository(backup(1));
    const target = new MemoryLocation();
    target.place.freeBytes = 1_000;

    const failing = sync(await planFor(source, target), source, { target, minFreeBytes: 990 });

    await expect(failing).rejects.toMatchObject({ reason: 'no_space' });
    expect(target.place.paths()).toEqual([]);
  });

  test('a place with unknown features is tried out', async () => {
    const { source } = repository(backup(1));
    const target = new MemoryLocation();

    const result = await sync(await planFor(source, target), source, {
      target,
      minFreeBytes: 2 ** 40,
    });

    expect(result.outcome).toBe('complete');
  });
});

describe('cancelling', () => {
  test('at any call: it rejects with an AbortError, and nothing more is written', async () => {
    const { source } = repository(backup(1, 2), backup(3));
    const whole = new MemoryLocation();
    await sync(await planFor(source, whole), source, { target: whole });

    for (let n = 0; n < whole.calls.length; n++) {
      const target = new MemoryLocation();
      const controller = new AbortController();
      const plan = await planFor(source, target);
      let changesAfter = 0;
      target.place.onChange = () => {
        if (controller.signal.aborted) changesAfter += 1;
      };
      target.before = ({ number }) => {
        if (number === n) controller.abort();
      };

      const cancelled = sync(plan, source, { target, signal: controller.signal });

      await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
      expect(changesAfter).toBe(0);
      expect(target.calls).toHaveLength(n + 1);
    }
  });

  test('objects sent earlier are found again', async () => {
    const { source } = repository(backup(1, 2, 3, 4), backup(5));
    const target = new MemoryLocation();
    const controller = new AbortController();
    const first = await planFor(source, target);
    await sync(first, source, {
      target,
      signal: controller.signal,
      onStep: (step) => {
        if (step === 'data-proven') controller.abort();
      },
    }).catch(() => undefined);

    const second = await planFor(source, target);

    expect(second.phases.map(({ kind }) => kind)).toEqual(['index', 'snapshots']);
    expect((await presentAt(target)).objects.data.count).toBe(
      (await viewOf(source)).objects.data.count,
    );
  });
});

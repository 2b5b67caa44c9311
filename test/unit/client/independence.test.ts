import { expect, test } from '@jest/globals';
import { SyncdError } from '../../../src/runtime/errors.ts';
import { waitFor } from '../../support/temp.ts';
import { backup, makeRig, MINUTE, NEVER, type Rig } from './fixtures.ts';

const forEver = () => new Promise<void>(() => undefined);
const isIdle = (rig: Rig, name: string) => rig.backend(name).state === 'idle';

async function running(rig: Rig, action: () => Promise<void>): Promise<number> {
  const controller = new AbortController();
  const run = rig.unit.run(controller.signal);
  try {
    await action();
  } finally {
    controller.abort();
  }
  const stoppedAt = performance.now();
  await run;
  return performance.now() - stoppedAt;
}

test('a backend that never answers delays no other, and does not keep the client from stopping', async () => {
  const rig = await makeRig({ backends: ['hung', 'nas'], copies: 2 });
  rig.target('hung').before = forEver;

  const stoppedAfterMs = await running(rig, async () => {
    await waitFor(() => isIdle(rig, 'nas'), { what: 'the first copy' });
    rig.model.act(backup(7, 8));
    await waitFor(() => rig.backend('nas').snapshots === 2, { what: 'the second snapshot' });
  });

  expect(stoppedAfterMs).toBeLessThan(10_000);
  expect(rig.backend('hung')).not.toHaveProperty('lagMs');
  expect(rig.unit.report().protection).toMatchObject({ copies: 2, unprotected: 0 });
});

test('a backend that hangs in the middle of a copy is stopped and writes nothing more', async () => {
  const rig = await makeRig({ backends: ['hung', 'nas'] });
  rig.target('hung').beforeObject = (path) => (path.startsWith('index') ? forEver() : undefined);

  const stoppedAfterMs = await running(rig, async () => {
    await waitFor(() => isIdle(rig, 'nas'), { what: 'the other backend' });
    await waitFor(() => rig.target('hung').place.paths('data').length > 0, { what: 'some packs' });
  });

  expect(stoppedAfterMs).toBeLessThan(10_000);
  expect(rig.target('hung').place.names('snapshots')).toEqual([]);
  expect(rig.backend('hung')).toMatchObject({ state: 'unknown', counters: { failures: {} } });
});

test('a source that hangs is stopped promptly, too', async () => {
  const rig = await makeRig();
  rig.source.before = forEver;

  const stoppedAfterMs = await running(
    rig,
    () => new Promise((resolve) => setTimeout(resolve, 50)),
  );

  expect(stoppedAfterMs).toBeLessThan(10_000);
});

test('a backend that always fails does not slow down the other one', async () => {
  const rig = await makeRig({ backends: ['bad', 'nas'] });
  rig.target('bad').before = () => {
    throw new SyncdError('unreachable', 'no route');
  };

  await running(rig, async () => {
    await waitFor(() => isIdle(rig, 'nas'), { what: 'the good one' });
    await waitFor(() => rig.backend('bad').failures > 0, { what: 'the bad one' });
  });

  expect(rig.backend('bad')).toMatchObject({ state: 'retrying', reason: 'unreachable', up: false });
  expect(rig.backend('nas').counters).toMatchObject({ syncs: 1, failures: {} });
});

test('an unexpected error in one backend does not end a loop', async () => {
  const rig = await makeRig({ backends: ['odd', 'nas'] });
  rig.target('odd').before = () => {
    throw new TypeError('x is not a function');
  };

  await running(rig, async () => {
    await waitFor(() => isIdle(rig, 'nas'), { what: 'the good one' });
    rig.model.act(backup(9));
    await waitFor(() => rig.backend('nas').snapshots === 2, { what: 'its next snapshot' });
  });

  expect(rig.backend('odd')).toMatchObject({ state: 'retrying', reason: 'internal' });
});

test('a sync in a running unit is one pass, and reports what was sent', async () => {
  const rig = await makeRig({ pollMs: 60 * MINUTE });

  await running(rig, async () => {
    await waitFor(() => isIdle(rig, 'nas'), { what: 'the first copy' });
    rig.model.act(backup(9));
    const [report] = await rig.sync();

    expect(report).toMatchObject({ outcome: 'complete' });
    expect(report?.published).toHaveLength(1);
  });
});

test('a sync that is cancelled during a check of the source does not keep a backend from waking later', async () => {
  const rig = await makeRig({ backends: ['nas', 'far'], pollMs: 60 * MINUTE });

  await running(rig, async () => {
    await waitFor(() => isIdle(rig, 'nas') && isIdle(rig, 'far'), { what: 'the first copies' });
    await expect(rig.unit.sync(AbortSignal.abort(), ['nas'])).rejects.toThrow('aborted');
    rig.model.act(backup(9));
    await rig.unit.sync(NEVER, ['far']);

    const isThere = () => rig.backend('nas').snapshots === 2;
    await waitFor(isThere, { what: 'the other backend to be woken', timeoutMs: 10_000 });
  });
});

test('a poll that finds nothing new sends nothing and writes nothing', async () => {
  const rig = await makeRig();
  await rig.sync();
  const writes = rig.target('nas').writes.length;
  const polls = rig.source.calls.length;

  await running(rig, async () => {
    await waitFor(() => rig.source.calls.length > polls + 20, { what: 'some polls' });
  });

  expect(rig.target('nas').writes).toHaveLength(writes);
  expect(rig.backend('nas').counters.syncs).toBe(1);
});

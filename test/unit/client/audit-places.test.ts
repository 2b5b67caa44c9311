import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import { backup, makeRig, MINUTE, NEVER } from './fixtures.ts';

afterEach(() => {
  jest.useRealTimers();
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

test('an audit waits a minute for a sync that hangs, says so, and audits the other places', async () => {
  const rig = await makeRig({ backends: ['nas', 'usb'], history: [backup(1, 2)] });
  await rig.sync();
  let release: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (release = resolve));
  rig.target('nas').before = () => answered;
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
  const sync = rig.unit.sync(NEVER, ['nas']);
  await turns(50);
  const listed = () => rig.target('nas').calls.length;
  const before = listed();

  const audit = rig.unit.audit({}, NEVER);
  await turns(200);
  jest.advanceTimersByTime(MINUTE);

  expect(await audit).toMatchObject([
    { place: 'source', result: { findings: [] } },
    {
      place: 'nas',
      trouble: { message: 'other work has been running there for more than 1m' },
    },
    { place: 'usb', result: { findings: [] } },
  ]);
  expect(listed()).toBe(before);
  release();
  expect(await sync).toMatchObject([{ backend: 'nas', outcome: 'nothing' }]);
  await turns(50);
  expect((await rig.unit.audit({ backends: ['nas'] }, NEVER))[0]).toHaveProperty('result');
});

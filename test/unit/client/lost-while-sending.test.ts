import { afterEach, expect, jest, test } from '@jest/globals';
import { checkRepository } from '../../arbitraries/restic-model.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { waitFor } from '../../support/temp.ts';
import { backup, makeRig, MINUTE } from './fixtures.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

async function inSync() {
  const rig = await makeRig({ history: [backup(1, 2), backup(3)] });
  await rig.sync();
  const target = rig.target('nas');
  const [pack = ''] = target.place.paths('data/');
  return { rig, target, pack };
}

test.each(['data', 'index'] as const)(
  'a pack that vanishes while %s is sent is sent again before a new snapshot is visible',
  async (kind) => {
    const { rig, target, pack } = await inSync();
    let hasVanished = false;
    target.before = (call) => {
      if (call.method !== 'receive' || call.kind !== kind || hasVanished) return;
      hasVanished = true;
      target.place.delete(pack);
    };
    rig.model.act(backup(7));
    const wrong: string[] = [];
    target.place.onChange = (path) => {
      if (path.startsWith('snapshots/')) wrong.push(...checkRepository(target.place));
    };

    const [report] = await rig.sync();

    expect(hasVanished).toBe(true);
    expect(report).toMatchObject({ outcome: 'complete' });
    expect(wrong).toEqual([]);
    expect(checkRepository(target.place)).toEqual([]);
    expect(rig.said.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  },
);

test('a place that loses what it receives is given up for now, and shows no new snapshot', async () => {
  const { rig, target, pack } = await inSync();
  let isSending = false;
  target.before = ({ method, kind }) => {
    if (method === 'sweep') isSending = true;
    if (isSending && method === 'list' && kind === 'data') target.place.delete(pack);
  };
  rig.model.act(backup(7));

  const [report] = await rig.sync();

  expect(report).toMatchObject({ outcome: 'failed', reason: 'verify' });
  expect(target.place.names('snapshots')).toHaveLength(2);
});

test('before a snapshot becomes visible, packs are checked, too', async () => {
  const { rig, target, pack } = await inSync();
  const [snapshot = ''] = target.place.paths('snapshots/');
  const content = target.place.content(snapshot) ?? '';
  target.place.delete(snapshot);
  let hasVanished = false;
  target.before = ({ method }) => {
    if (method !== 'sweep' || hasVanished) return;
    hasVanished = true;
    target.place.delete(pack);
  };
  const packsThen: boolean[] = [];
  target.place.onChange = (path) => {
    if (path === snapshot) packsThen.push(target.place.content(pack) !== undefined);
  };

  await rig.sync();

  expect(packsThen).toEqual([true]);
  expect(target.place.content(snapshot)).toEqual(content);
});

test.each([
  { hours: 23, isFound: false },
  { hours: 25, isFound: true },
])(
  'a remote that was listed $hours hours ago: a lost pack is found before a new index is visible: $isFound',
  async ({ hours, isFound }) => {
    const rig = await makeRig({ remote: true, listEveryMs: 90 * 24 * 60 * MINUTE });
    await rig.sync();
    const target = rig.target('nas');
    const [pack = ''] = target.place.paths('data/');
    const packsThen: boolean[] = [];
    target.place.onChange = (path) => {
      if (path.startsWith('index/')) packsThen.push(target.place.content(pack) !== undefined);
    };
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + hours * 60 * MINUTE);
    target.place.delete(pack);
    rig.model.act(backup(7));

    const controller = new AbortController();
    onCleanUp(() => controller.abort());
    const running = rig.unit.run(controller.signal);
    await waitFor(() => target.place.names('snapshots').length === 2, { what: 'the new snapshot' });
    controller.abort();
    await running;

    expect(packsThen).toEqual([isFound]);
  },
);

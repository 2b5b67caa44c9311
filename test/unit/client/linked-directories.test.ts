import { expect, test } from '@jest/globals';
import { backup, makeRig } from './fixtures.ts';

test('a link in place of a directory of packs: nothing that may need what is behind it becomes visible', async () => {
  const rig = await makeRig({ history: [backup(1, 2)] });
  const { source } = rig;
  const [pack = ''] = source.place.paths('data');
  const content = source.place.content(pack) ?? '';
  const link = pack.slice(0, 'data/xx'.length);
  source.place.delete(pack);
  source.refused = [link];

  await rig.sync();

  expect(rig.target('nas').place.names('snapshots')).toEqual([]);
  expect(rig.backend('nas')).toMatchObject({ state: 'blocked', reason: 'source_corrupt' });
  expect(rig.backend('nas').message).toBe(
    `new snapshots are held back because ${link} of the source is a symbolic link, which is never followed, and they may need what is behind it`,
  );
  expect(rig.backend('nas')).not.toHaveProperty('baselineAt');
  expect(rig.unit.report().findings).toContainEqual(
    expect.objectContaining({
      kind: 'source_refused_names',
      hint: expect.stringContaining('mount --bind'),
    }),
  );

  source.refused = [];
  source.place.put(pack, content);
  await rig.sync();

  expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 1 });
});

test('a link that appears later withholds new snapshots only', async () => {
  const rig = await makeRig({ history: [backup(1, 2)] });
  await rig.sync();
  rig.source.refused = ['data/00'];
  rig.model.act(backup(3));

  await rig.sync();

  expect(rig.backend('nas')).toMatchObject({ reason: 'source_corrupt', snapshots: 1 });
  expect(rig.target('nas').place.names('snapshots')).toHaveLength(1);
});

test('a link in place of a file is reported, and holds nothing back', async () => {
  const rig = await makeRig({ history: [backup(1, 2)] });
  rig.source.refused = [`data/00/${'0'.repeat(64)}`];

  await rig.sync();

  expect(rig.backend('nas')).toMatchObject({ state: 'idle', snapshots: 1 });
  expect(rig.unit.report().findings).toContainEqual(
    expect.objectContaining({
      kind: 'source_refused_names',
      hint: expect.stringContaining('no replica has that file'),
    }),
  );
});

test.each(['data', 'index', 'keys'] as const)(
  '%s as a link is named as the reason',
  async (link) => {
    const rig = await makeRig({ history: [backup(1, 2)] });
    const { source } = rig;
    for (const path of source.place.paths(link)) source.place.delete(path);
    source.refused = [link];

    await rig.sync();

    expect(rig.unit.report().source).toMatchObject({
      state: 'not_a_repository',
      message: `${link} of /source is a symbolic link, which is never followed`,
      hint: expect.stringContaining('replace the link'),
    });
  },
);

test('snapshots as a link: they are gone, and the message says why', async () => {
  const rig = await makeRig({ history: [backup(1, 2)] });
  await rig.sync();
  const { source } = rig;
  for (const path of source.place.paths('snapshots')) source.place.delete(path);
  source.refused = ['snapshots'];

  await rig.sync();
  await rig.sync();

  const { state, message } = rig.unit.report().source;
  expect(state).toBe('emptied');
  expect(message).toContain('; snapshots is a symbolic link now, which is never followed');
});

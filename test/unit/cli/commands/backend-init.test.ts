import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Site } from '../../../support/site.ts';

const markerOf = (place: string) => join(place, '.backup-syncd', 'backend.json');

test('backend init makes a place a backend, once', async () => {
  const site = new Site();
  const place = site.syncd.backend('near');
  await site.must('backend', 'init', '--same-disk', 'ahost', 'near');
  expect(existsSync(markerOf(place))).toBe(true);
  const again = await site.run('backend', 'init', '--same-disk', 'ahost', 'near');
  expect(again.stdout + again.stderr).toMatch(/already/);
});

test('backend init refuses the disk of the source, and files that are not its own', async () => {
  const site = new Site();
  const place = site.syncd.backend('near');
  const onSameDisk = await site.run('backend', 'init', 'ahost', 'near');
  expect(onSameDisk).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/same file system(.|\n)*--same-disk/),
  });

  mkdirSync(place);
  writeFileSync(join(place, 'thesis.txt'), 'x');
  const foreign = await site.run('backend', 'init', '--same-disk', 'ahost', 'near');
  expect(foreign).toMatchObject({ code: 1, stderr: expect.stringContaining('thesis.txt') });
  expect(readdirSync(place)).toEqual(['thesis.txt']);
});

test.each([
  ['nobody', 'near'],
  ['ahost', 'nowhere'],
])('backend init %s %s is a usage error if that is not configured', async (...names) => {
  expect(await new Site().run('backend', 'init', ...names)).toMatchObject({ code: 64 });
});

test('backend init --all sets up the backends of all or of some clients', async () => {
  const site = await Site.synced();
  const { syncd } = site;
  const script = ['/bin/true'];
  syncd.writeClient('ahost', { source: site.source, backends: ['near', 'far'] });
  syncd.writeClient('bhost', { source: '/b', backends: ['x'], remotes: { own: { script } } });
  syncd.writeClient('chost', { source: '/c', backends: ['y'] });

  const json = await site.must(
    'backend',
    'init',
    '--all',
    '--same-disk',
    'bhost',
    'ahost',
    '--json',
  );

  const { places } = JSON.parse(json) as { places: { backend: string; outcome: string }[] };
  expect(places.map(({ backend, outcome }) => [backend, outcome])).toEqual([
    ['x', 'created'],
    ['own', 'unmanaged'],
    ['near', 'already'],
    ['far', 'created'],
  ]);
  expect(existsSync(syncd.backend('y', 'chost'))).toBe(false);
  expect(await site.must('backend', 'init', '--all', '--same-disk')).toContain('chost → y: ');
  expect(existsSync(markerOf(syncd.backend('y', 'chost')))).toBe(true);
});

test('backend init --json of one place says what became of it', async () => {
  const site = new Site();
  const init = ['backend', 'init', 'ahost', 'near', '--json'] as const;
  const outcome = async (...args: readonly string[]) => {
    const { code, stdout } = await site.run(...init, ...args);
    return { code, ...(JSON.parse(stdout) as { places: { outcome: string }[] }).places[0] };
  };

  expect(await outcome()).toMatchObject({ code: 1, outcome: 'refused' });
  expect(await outcome('--same-disk')).toMatchObject({ code: 0, outcome: 'created' });
  expect(await outcome()).toMatchObject({ code: 0, outcome: 'already' });
});

test('backend init takes a client and a backend, or --all and existing clients', async () => {
  const site = new Site();
  for (const names of [[], ['ahost'], ['ahost', 'near', 'far'], ['--all', 'nobody']])
    expect({ names, ...(await site.run('backend', 'init', ...names)) }).toMatchObject({
      names,
      code: 64,
    });
});

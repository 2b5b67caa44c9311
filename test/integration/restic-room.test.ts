import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { placeTraits } from '../../src/kinds/traits.ts';
import type { PlaceConfig } from '../../src/kinds/place-config.ts';
import type { ResticEntry, ResticSnapshot } from '../../src/restic/entries.ts';
import type { ResticError } from '../../src/restic/errors.ts';
import { escapePattern, Restic } from '../../src/restic/restic.ts';
import { resticPassword, seedRepository, ResticRepository } from '../support/restic.ts';
import { treeDifferences } from '../support/sample-data.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, generations, pathWith, type Generation } from '../support/tools.ts';
import { treeOf } from '../support/tree.ts';

const CALL = { deadlineMs: 60_000, signal: new AbortController().signal };

interface Given {
  readonly password?: string;
  readonly env?: NodeJS.ProcessEnv;
}

function open(
  generation: Generation,
  at: string | PlaceConfig,
  { password, env }: Given = {},
): Restic {
  const config = typeof at === 'string' ? { kind: 'directory', directory: at } : at;
  const file = join(temporaryDirectory(), 'password');
  writeFileSync(file, password ?? resticPassword);
  return new Restic({
    place: placeTraits(config).restic,
    password: { file },
    env: { PATH: pathWith(generation), HOME: temporaryDirectory(), ...env },
  });
}

async function snapshotsOf(restic: Restic, call = CALL): Promise<ResticSnapshot[]> {
  const all: ResticSnapshot[] = [];
  await restic.eachSnapshot((snapshot) => all.push(snapshot), call);
  return all;
}

async function packsOf(repository: string): Promise<string[]> {
  const names = await readdir(join(repository, 'data'), { recursive: true, withFileTypes: true });
  return names.filter((name) => name.isFile()).map((name) => join(name.parentPath, name.name));
}

describeWithTools(
  ['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone'],
  'reading a repository with restic',
  () => {
    test.each(generations)('a directory and a remote, with %s', async (generation) => {
      const { path, data } = await seedRepository(generation);
      const before = treeOf(path);
      const remote = { kind: 'rclone', rclone: `near:${path}` };
      const env = { RCLONE_CONFIG_NEAR_TYPE: 'local' };

      for (const restic of [open(generation, path), open(generation, remote, { env })]) {
        const snapshots = await snapshotsOf(restic);
        const { id = '' } = snapshots.sort((a, b) => a.time - b.time).at(-1) ?? {};
        const entries: ResticEntry[] = [];
        expect(await restic.list(id, (entry) => entries.push(entry), CALL)).toMatchObject({ id });
        expect(entries.filter(({ type }) => type === 'file').length).toBeGreaterThan(3);
        const target = join(temporaryDirectory(), 'restored');
        await restic.restore(id, { ...CALL, target, include: [] });
        expect(await treeDifferences(data, target)).toEqual([]);
      }
      expect(treeOf(path)).toEqual(before);
    });

    test.each(generations)(
      'a file with a hostile name, and only that, with %s',
      async (generation) => {
        const [from, path] = [temporaryDirectory(), join(temporaryDirectory(), 'repository')];
        const name = 'a*[b]?\\!\nnew {client} $HOME';
        writeFileSync(join(from, name), 'wanted');
        writeFileSync(join(from, 'axb?!'), 'not wanted');
        const repository = await ResticRepository.create({ generation, path });
        const id = await repository.backup(from);
        const target = join(temporaryDirectory(), 'restored');

        await open(generation, path).restore(id, {
          ...CALL,
          target,
          include: [escapePattern(`/${name}`)],
        });

        expect(await readdir(target)).toEqual([name]);
        expect(await readFile(join(target, name), 'utf8')).toBe('wanted');
      },
    );

    test.each(generations)('what fails, and why, with %s', async (generation) => {
      const { path } = await seedRepository(generation);
      const [{ id }] = (await snapshotsOf(open(generation, path))) as [
        ResticSnapshot,
        ...unknown[],
      ];
      const target = join(temporaryDirectory(), 'restored');
      const restore = { ...CALL, target, include: [] };
      const problemOf = (work: Promise<unknown>) =>
        work.then(
          () => 'none',
          (error: unknown) => (error as ResticError).problem,
        );
      const nothing = () => undefined;

      const wrong = open(generation, path, { password: 'wrong' });
      expect(await problemOf(snapshotsOf(wrong))).toBe('password');
      const nowhere = open(generation, join(path, 'none'));
      expect(await problemOf(snapshotsOf(nowhere))).toBe('no_repository');
      const config = { kind: 'rclone', rclone: 'nope:x' };
      const undefinedRemote = open(generation, config);
      expect(await problemOf(snapshotsOf(undefinedRemote))).toBe('unreachable');
      const without = open(generation, path, { env: { PATH: '/nonexistent' } });
      expect(await problemOf(snapshotsOf(without))).toBe('no_tool');
      expect(await problemOf(open(generation, path).list('0'.repeat(64), nothing, CALL))).toBe(
        'no_snapshot',
      );
      const late = { ...CALL, deadlineMs: 1 };
      expect(await problemOf(snapshotsOf(open(generation, path), late))).toBe('timeout');

      const packs = await packsOf(path);
      for (const pack of packs) truncateSync(pack, 100);
      expect(await problemOf(open(generation, path).restore(id, restore))).toBe('damaged');
      for (const pack of packs) rmSync(pack);
      expect(await problemOf(open(generation, path).restore(id, restore))).toBe('damaged');
    });
  },
);

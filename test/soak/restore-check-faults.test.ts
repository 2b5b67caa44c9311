import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SILENT_LOG } from '../../src/log/log.ts';
import { check } from '../../src/work/restore-check/check.ts';
import { FreshDirectory } from '../../src/work/restore-check/fresh-directory.ts';
import { seededRandom } from '../../src/work/restore-check/random.ts';
import { ResticRepository, resticPassword, seedRepository } from '../support/restic.ts';
import { RestoreSite } from '../support/restore-site.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith, tool } from '../support/tools.ts';
import { packsOf } from '../support/tree.ts';

/** Calls the real restic, which stops, as at a place that hangs, when it has restored something. */
function stoppingRestic(folder: string, target: string): NodeJS.ProcessEnv {
  const real = tool('restic', 'newest');
  const stop = `until [ -n "$(find '${target}' -type f -size +0)" ]; do sleep 0.05; done; echo $$ >'${folder}/stopped'; kill -STOP $$`;
  const script = `#!/bin/sh\n[ "$1" = restore ] || exec ${real} "$@"\n( ${stop} ) &\nexec ${real} "$@"\n`;
  writeFileSync(join(folder, 'restic'), script, { mode: 0o700 });
  return { PATH: `${folder}:${pathWith('newest')}` };
}

describeWithTools(['newest/restic'], 'a restic that begins to hang', () => {
  test('in the middle of a restore is ended, says nothing about the files, and leaves nothing', async () => {
    const [from, folder] = [temporaryDirectory(), temporaryDirectory()];
    const path = join(temporaryDirectory(), 'repository');
    const repository = await ResticRepository.create({ generation: 'newest', path });
    writeFileSync(join(from, 'good'), randomBytes(100_000));
    await repository.backup(from);
    const before = new Set(packsOf(path));
    writeFileSync(join(from, 'bad'), randomBytes(100_000));
    const id = await repository.backup(from);
    const bad = packsOf(path).find((pack) => !before.has(pack) && statSync(pack).size > 100_000);
    rmSync(bad ?? '');
    execFileSync('mkfifo', [bad ?? '']); // whoever opens it waits for ever
    const directory = new FreshDirectory(temporaryDirectory(), 'ahost');
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, resticPassword);
    const stopped = join(folder, 'stopped');

    for (const startMs of [500, 10_000, 60_000]) {
      const checked = await check({
        client: 'ahost',
        snapshot: { id, at: 0 },
        place: {
          name: 'nas',
          isRemote: false,
          restic: { label: 'nas', repository: path, variables: () => ({}) },
        },
        other: undefined,
        settings: {
          everyMs: null,
          require: [],
          sample: 8,
          isFull: false,
          maxBytes: 1e9,
          directory: folder,
          commandDeadlineMs: 1,
        },
        password: { file: passwordFile },
        directory,
        env: stoppingRestic(folder, directory.path),
        log: SILENT_LOG,
        say: () => undefined,
        random: () => seededRandom('x'),
        requireDisk: async () => undefined,
        findAbsence: async () => undefined,
        deadlines: { listMs: 60_000, startMs },
        signal: new AbortController().signal,
      });
      expect(checked).toMatchObject({
        outcome: 'inconclusive',
        reason: 'timeout',
        message: expect.stringMatching(/^restic restore, nas: not finished after/),
      });
      expect(existsSync(directory.path)).toBe(false);
      if (existsSync(stopped)) break; // on a slow machine, it has not restored anything yet
    }
    const pid = Number(readFileSync(stopped, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describeWithTools(['debian12/restic'], 'a dying disk', () => {
  test('a pack that cannot be read', async () => {
    const { path } = await seedRepository('debian12');
    const site = await RestoreSite.synced({ generation: 'debian12', source: path }); // a later one asks for the size first, which is 0 here
    site.configure({ full: true, compareWith: 'off' });
    for (const pack of packsOf(site.syncd.backend('nas'))) {
      rmSync(pack);
      symlinkSync('/proc/self/mem', pack); // reading it fails with EIO, as on a dying disk
    }
    expect(await site.check('--backend', 'nas')).toMatchObject({
      outcome: 'failed',
      code: 1,
      message: expect.stringContaining('input/output error'),
    });
  });
});

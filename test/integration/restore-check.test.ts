import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../src/runtime/clock.ts';
import { ResticRepository, resticPassword, seedRepository } from '../support/restic.ts';
import { RestoreSite } from '../support/restore-site.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { mountTmpfs } from '../support/tmpfs.ts';
import {
  describeWithTools,
  generations,
  pathWith,
  tool,
  type Generation,
} from '../support/tools.ts';
import { packsOf, treeOf } from '../support/tree.ts';

async function siteOf(generation: Generation, remotes = {}): Promise<RestoreSite> {
  const { path } = await seedRepository(generation);
  return RestoreSite.synced({ generation, source: path, remotes });
}

describeWithTools(
  ['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone'],
  'restore checks with the real restic',
  () => {
    test('places take turns, and nothing changes there', async () => {
      const generation = 'debian12';
      const { path } = await seedRepository(generation);
      const far = temporaryDirectory();
      const remotes = { far: { rclone: `near:${far}/replica` } };
      const env = { RCLONE_CONFIG_NEAR_TYPE: 'local' };
      const site = await RestoreSite.synced({ generation, source: path, remotes, env });
      const before = [treeOf(path), treeOf(site.syncd.backend('nas')), treeOf(far)];

      const checks = [await site.check(), await site.check(), await site.check()];

      expect(checks.map(({ place, outcome, message }) => [place, outcome, message])).toEqual([
        ['source', 'ok', undefined],
        ['nas', 'ok', undefined],
        ['far', 'ok', undefined],
      ]);
      expect(checks.every(({ files, code }) => files === 20 && code === 0)).toBe(true);
      expect(checks[0]?.snapshot).toBe(checks[1]?.snapshot);
      expect(checks[2]?.snapshot).not.toBe(checks[1]?.snapshot); // every third time an older one
      expect(checks[2]?.said).toMatch(
        /chosen at random; seed .*\n.*about .* of indexes\n.*restoring 20 of \d+ files, about .*, from far\n/,
      );
      expect(checks[1]?.said).toContain('compared with source');
      expect([treeOf(path), treeOf(site.syncd.backend('nas')), treeOf(far)]).toEqual(before);
      expect(site.leftovers()).toEqual([]);
      expect(site.hasToldPassword()).toBe(false);
    });

    test.each(generations)('a missing and a corrupt pack, with %s', async (generation) => {
      const site = await siteOf(generation);
      const packs = packsOf(site.syncd.backend('nas'));
      site.configure({ full: true, compareWith: 'off' });

      for (const pack of packs) truncateSync(pack, 100);
      const corrupt = await site.check('--backend', 'nas');
      for (const pack of packs) rmSync(pack);
      const missing = await site.check('--backend', 'nas');

      expect(corrupt).toMatchObject({ outcome: 'failed', reason: 'verify', code: 1 });
      expect(missing).toMatchObject({ outcome: 'failed', reason: 'verify', code: 1 });
      expect(missing.said).toContain('trying again');
      const follow = async (hint = '') => {
        const [, advice = ''] = /run: backup-syncd (.+)$/.exec(hint) ?? [];
        await site.run(...advice.split(' '));
        expect(await site.check('--backend', 'nas')).toMatchObject({ outcome: 'ok' });
        return advice;
      };
      expect(await follow(missing.hint)).toBe('audit ahost --backend nas');
      for (const name of readdirSync(join(site.syncd.backend('nas'), 'snapshots')))
        rmSync(join(site.syncd.backend('nas'), 'snapshots', name));
      const forgotten = await site.check('--backend', 'nas');
      expect(forgotten).toMatchObject({ outcome: 'failed', reason: 'verify', code: 1 });
      expect(await follow(forgotten.hint)).toBe('sync ahost --backend nas');
      expect(site.leftovers()).toEqual([]);
    });

    test('a snapshot that is removed from the source meanwhile is no failure', async () => {
      const { path, repository } = await seedRepository('newest');
      const [{ id }] = (await repository.snapshots()) as unknown as [{ id: string }];
      const folder = temporaryDirectory();
      const real = tool('restic', 'newest');
      const script = `#!/bin/sh\n[ "$1" = ls ] && rm -f '${path}/snapshots/${id}'\nexec ${real} "$@"\n`;
      writeFileSync(join(folder, 'restic'), script, { mode: 0o700 });
      const env = { PATH: `${folder}:${pathWith('newest')}` };
      const site = await RestoreSite.synced({ generation: 'newest', source: path, env });

      expect(await site.check('--backend', 'source', '--snapshot', id)).toMatchObject({
        outcome: 'inconclusive',
        code: 3,
        message: 'the snapshot was removed while it was being restored',
      });
    });

    test('devices that only root may make, a restore beside one that fails, and a source whose data is gone meanwhile', async () => {
      const { path } = await seedRepository('newest');
      const folder = temporaryDirectory();
      const real = tool('restic', 'newest');
      const env = { PATH: `${folder}:${pathWith('newest')}` };
      const site = await RestoreSite.synced({ generation: 'newest', source: path, env });
      const nas = site.syncd.backend('nas');
      const replace = (lines: string) =>
        writeFileSync(join(folder, 'restic'), `#!/bin/sh\n${lines}\nexec ${real} "$@"\n`, { mode: 0o700 }); // prettier-ignore

      // what restic says as another user than root
      replace(`[ "$1" = restore ] && { ${real} "$@" && echo 'ignoring error for /dev/sda: mknod /dev/sda: operation not permitted\nFatal: There were 1 errors' >&2; exit 1; }`); // prettier-ignore
      expect(await site.check('--backend', 'nas')).toMatchObject({
        outcome: 'ok',
        code: 0,
        files: 20,
        message: expect.stringContaining('operation not permitted'),
      });

      // the restore from nas fails at once; the other one takes a while, and then makes its directory
      replace(`case "$1 $*" in restore*'--repo ${nas} '*) exit 1;; restore*) sleep 0.5; mkdir -p "$4";; esac`); // prettier-ignore
      expect(await site.check('--backend', 'nas')).toMatchObject({ outcome: 'inconclusive' });
      await sleep(700);
      expect(site.leftovers()).toEqual([]);

      replace(`[ "$1" = restore ] && [ -e '${path}/data' ] && mv '${path}/data' '${path}/away'`);
      site.configure({ compareWith: 'off' });
      expect(await site.check('--backend', 'source')).toMatchObject({
        outcome: 'inconclusive',
        code: 3,
        message: 'the source cannot be read any more',
      });
    });

    test('a wrong password, no restic, and a place that is away say nothing about the files', async () => {
      const { path } = await seedRepository('newest');
      const site = await RestoreSite.synced({ generation: 'newest', source: path, password: 'no' });

      expect(await site.check()).toMatchObject({
        outcome: 'inconclusive',
        reason: 'auth',
        code: 3,
        message: expect.stringContaining('wrong password'),
      });
      rmSync(site.syncd.backend('nas'), { recursive: true });
      expect(await site.check('--backend', 'nas')).toMatchObject({
        outcome: 'inconclusive',
        reason: 'unreachable',
        code: 3,
      });
      expect(site.leftovers()).toEqual([]);
    });

    test('a daemon whose checks never succeed says so after two intervals, and its advice helps', async () => {
      const { path } = await seedRepository('newest');
      let ahead = 0;
      const clock = { ...systemClock, now: () => systemClock.now() + ahead };
      const site = await RestoreSite.synced({ generation: 'newest', source: path, clock });
      writeFileSync(site.passwordFile, 'wrong');
      site.configure({ every: '7d' }); // of two places, so that each has its turn every 14 days
      const { url } = await site.daemon();
      const metrics = async () => (await fetch(new URL('metrics', url))).text();
      const overdue = async () =>
        (await site.run('status', 'ahost')).stdout.match(/(?:nas|the source) has missed its restore check.*\n.*/g) ?? []; // prettier-ignore
      await waitFor(async () => /restore_checks_total.*inconclusive"\} [1-9]/.test(await metrics()), { what: 'a check' }); // prettier-ignore
      expect(await overdue()).toEqual([]);

      ahead = 29 * 24 * 3_600_000;
      const found = await waitFor(async () => (await overdue()).length === 2 && overdue(), { what: 'two findings' }); // prettier-ignore
      expect(found[0]).toMatch(/none has succeeded yet, and one is due every 14d/);
      const advice = found.map((text) => /backup-syncd (restore-check .*)/.exec(text)?.[1] ?? '');
      expect((await site.run(...(advice[0] ?? '').split(' '))).stdout).toContain('wrong password');
      writeFileSync(site.passwordFile, resticPassword);
      for (const command of advice) expect(await site.run(...command.split(' '))).toMatchObject({ code: 0 }); // prettier-ignore
      expect(await overdue()).toEqual([]);
      const due = [...(await metrics()).matchAll(/activity_due_timestamp_seconds\{.*activity="restore-check"\} (\S+)/g)]; // prettier-ignore
      expect(due.map(([, at]) => Number(at) * 1000 > clock.now())).toEqual([true, true]);
    });

    test('hostile names, and links that lead outside', async () => {
      const [from, source] = [temporaryDirectory(), join(temporaryDirectory(), 'repository')];
      const outside = temporaryDirectory();
      writeFileSync(join(outside, 'mine'), 'untouched', { mode: 0o600 });
      mkdirSync(join(from, 'etc'));
      for (const name of ['*', '[a]', 'new\nline', '\\', '--help', "'; id", '\u202E', ' '])
        writeFileSync(join(from, 'etc', name), name);
      writeFileSync(Buffer.from(`${from}/etc/bad\xff`, 'latin1'), 'x');
      symlinkSync(join(outside, 'mine'), join(from, 'etc', 'link'));
      symlinkSync(outside, join(from, 'folder'));
      mkdirSync(join(from, 'closed'), { mode: 0o500 });
      const repository = await ResticRepository.create({ generation: 'newest', path: source });
      await repository.backup(from);
      const before = treeOf(outside);
      const site = await RestoreSite.synced({ generation: 'newest', source });
      const program = join(temporaryDirectory(), 'judge');
      const seen = join(temporaryDirectory(), 'seen');
      writeFileSync(program, `#!/bin/sh\nls -A "$2/etc" | wc -l > '${seen}'; env >> '${seen}'; exit $1\n`, { mode: 0o700 }); // prettier-ignore
      site.configure({ require: ['etc', 'folder', 'closed'], command: [program, '0'] });

      expect(await site.check()).toMatchObject({ outcome: 'ok', files: 8 });
      expect(readFileSync(seen, 'utf8')).toMatch(/^\s*1[01]\n/);
      expect(readFileSync(seen, 'utf8')).toContain('BACKUP_SYNCD_PLACE=source');
      expect(readFileSync(seen, 'utf8')).not.toContain('RESTIC');
      site.configure({ require: ['etc/none'], minSize: '1GiB', command: [program, '3'] });
      expect(await site.check()).toMatchObject({
        outcome: 'failed',
        message: expect.stringMatching(/\/etc\/none is not in the snapshot; .*judge exited with 3/),
      });
      site.configure({ maxBytes: '0B' });
      expect(await site.check()).toMatchObject({
        outcome: 'inconclusive',
        message: expect.stringContaining(
          '9 files: each file whose name is valid UTF-8 is larger than restoreCheck.maxBytes (0 B)',
        ),
      });
      expect(treeOf(outside)).toEqual(before);
      expect(site.leftovers()).toEqual([]);
    });

    test('a snapshot that names very many paths', async () => {
      const [from, source] = [temporaryDirectory(), join(temporaryDirectory(), 'repository')];
      const deep = join(from, ...Array.from({ length: 12 }, (_, n) => String(n).repeat(100)));
      mkdirSync(deep, { recursive: true });
      const names = Array.from({ length: 700 }, (_, n) => join(deep, `${n}${'x'.repeat(200)}`));
      for (const name of names) writeFileSync(name, name);
      const list = join(temporaryDirectory(), 'list');
      writeFileSync(list, names.join('\n'));
      const repository = await ResticRepository.create({ generation: 'newest', path: source });
      await repository.run(['backup', '--files-from-verbatim', list]);
      const site = await RestoreSite.synced({ generation: 'newest', source });

      expect(await site.check()).toMatchObject({ outcome: 'ok', files: 20 });
    });

    test('what an earlier check left is removed, and nothing that is not ours', async () => {
      const site = await siteOf('newest');
      const outside = temporaryDirectory();
      writeFileSync(join(outside, 'mine'), '');
      const directory = join(site.syncd.stateDir, 'restore-check');
      const left = join(directory, 'backup-syncd-restore-ahost');
      mkdirSync(join(left, 'restored', 'closed'), { recursive: true, mode: 0o700 });
      symlinkSync(outside, join(left, 'restored', 'closed', 'link'));

      expect(await site.check()).toMatchObject({ outcome: 'ok' });
      expect([site.leftovers(), existsSync(join(outside, 'mine'))]).toEqual([[], true]);
      symlinkSync(outside, left);
      expect(await site.check()).toMatchObject({
        outcome: 'inconclusive',
        message: expect.stringContaining('it is not a directory that an earlier check made'),
      });
      expect(existsSync(join(outside, 'mine'))).toBe(true);
    });
  },
);

describeWithTools(['debian12/restic', 'newest/restic', 'tmpfs'], 'a full disk', () => {
  test.each(generations)('one that fills up during a restore, with %s', async (generation) => {
    const { path } = await seedRepository(generation);
    const { path: directory } = await mountTmpfs({ sizeBytes: 64 * 2 ** 20 });
    const folder = temporaryDirectory();
    const filler = join(directory, 'filler');
    const script = `#!/bin/sh\n[ "$1" = restore ] && { head -c 1G /dev/zero; while head -c 4096 /dev/zero; do :; done; } >>${filler} 2>/dev/null\nexec ${tool('restic', generation)} "$@"\n`;
    writeFileSync(join(folder, 'restic'), script, { mode: 0o700 });
    const env = { PATH: `${folder}:${pathWith(generation)}` };
    const site = await RestoreSite.synced({ generation, source: path, env });
    site.configure({ directory, full: true, compareWith: 'off' }); // a second restore would run beside it

    expect(await site.check('--backend', 'nas')).toMatchObject({
      outcome: 'inconclusive',
      reason: 'no_space',
      code: 3,
      message: expect.stringContaining('no space left on device'),
    });
    expect(site.leftovers(directory)).toEqual(['filler']);
    const { stdout } = await site.run('status', 'ahost', '--json');
    expect(stdout).not.toContain('restore_failed');

    rmSync(filler);
    site.configure({ directory, sample: 3 });
    writeFileSync(join(folder, 'restic'), `#!/bin/sh\nexec ${tool('restic', generation)} "$@"\n`);
    expect(await site.check('--backend', 'nas')).toMatchObject({ outcome: 'ok' });
  });

  test('too little space is found before anything is restored', async () => {
    const { path } = await seedRepository('newest');
    const site = await RestoreSite.synced({ generation: 'newest', source: path });
    const { path: directory } = await mountTmpfs({ sizeBytes: 300 * 1024 });

    site.configure({ directory, full: true });
    expect(await site.check()).toMatchObject({
      outcome: 'inconclusive',
      reason: 'no_space',
      code: 3,
      message: expect.stringContaining('must stay free'),
    });
    site.configure({ directory, full: true, maxBytes: '1KiB' });
    expect(await site.check()).toMatchObject({ outcome: 'inconclusive', reason: 'no_space' });
    site.configure({ directory, sample: 0 });
    expect(await site.check()).toMatchObject({
      outcome: 'inconclusive',
      reason: 'no_space',
      message: expect.stringMatching(
        /^nothing can be restored, although the snapshot has \d+ files: restoreCheck.sample is 0/,
      ),
    });
    site.configure({ directory, sample: 0, require: ['none'] });
    expect(await site.check()).toMatchObject({
      outcome: 'failed',
      code: 1,
      message: '1 problem in 0 files: /none is not in the snapshot',
    });
    expect(site.leftovers(directory)).toEqual([]);
  });
});

import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commandsIn, withNames } from '../support/document.ts';
import { installed } from '../support/installed.ts';
import { runProcess, type ProcessResult } from '../support/process.ts';
import { objectsOf } from '../support/replica.ts';
import { resticPassword, seedRepository } from '../support/restic.ts';
import { treeDifferences } from '../support/sample-data.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith } from '../support/tools.ts';

const sections = commandsIn('docs/ransomware.md');

describeWithTools(['newest/restic'], 'docs/ransomware.md, followed to the letter', () => {
  test('from the alarm to restored files, a repository that works, and no alarm', async () => {
    const seed = await seedRepository('newest');
    const syncd = await Syncd.create({ source: seed.path, backends: ['usb'] });
    await syncd.here(['sync', 'ahost']);
    const before = objectsOf(seed.path);
    const [, newest] = await seed.repository.snapshots();
    const { short_id: snapshot = '' } = newest ?? {};
    const planted = plantFake(seed.path);
    const fake = planted.slice(0, 8);
    await syncd.here(['sync', 'ahost']);
    destroy(seed.path, planted);
    await syncd.here(['sync', 'ahost']);

    const replica = syncd.backend('usb');
    const home = temporaryDirectory();
    writeFileSync(join(home, 'ahost.password'), `${resticPassword}\n`);
    const env = {
      BACKUP_SYNCD_CONFIG_DIR: syncd.configDir,
      HOME: home,
      RESTIC_PASSWORD_FILE: join(home, 'ahost.password'),
      PATH: [installed(), pathWith('newest')].join(delimiter),
    };
    const follow = (heading: string, names: Readonly<Record<string, string>> = {}) =>
      typeIn(withNames(sections.get(heading) ?? '', new Map(Object.entries(names))), env);
    const usb = { '/mnt/usb/restic/ahost': replica };
    const places = { ...usb, '/srv/restic/ahost': seed.path };

    const seen = await follow('See what happened');
    expect(seen.stdout).toContain('CRITICAL ahost');
    expect(seen.stdout).toMatch(/files of the source were overwritten/);
    expect(seen.stdout).toContain(snapshot);

    const checked = await follow('Check a replica', usb);
    expect(checked.stdout).toContain(snapshot);
    expect(`${checked.stdout}${checked.stderr}`.match(/^error: .*$/gm)).toEqual([
      expect.stringContaining(`failed to load snapshot ${fake}`),
    ]);

    const names = { ...usb, '316bab31': snapshot };
    expect(await follow('Get your files back', names)).toMatchObject({ code: 0 });
    expect(await treeDifferences(seed.data, join(home, 'restored'))).toEqual([]);

    const back = await follow('Put the repository back', { ...places, cc56688d: fake });
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('no errors') });
    expect(objectsOf(seed.path)).toEqual(before);
    expect(readdirSync(dirname(seed.path))).toContain(`${basename(seed.path)}.attacked`);

    const acknowledged = await follow('Acknowledge it');
    expect(acknowledged.stdout).toMatch(/^ahost: acknowledged: .* were overwritten/m);
    expect(acknowledged.stdout).toContain('Reason: attacked on Sunday, restored from usb');
    expect(acknowledged.stdout).toContain('The client is fine');
    const retire = ['backend', 'retire', 'ahost', 'usb', `snapshots/${fake}`, '--yes'];
    expect(await syncd.here(retire)).toMatchObject({ code: 0 });
    expect(objectsOf(replica)).toEqual(before);
  });
});

/** Types commands one after the other, whatever each of them answers. */
function typeIn(script: string, env: Readonly<Record<string, string>>): Promise<ProcessResult> {
  expect(script).not.toBe('');
  return runProcess('bash', ['-uo', 'pipefail', '-c', script], { env });
}

/** Overwrites the packs, and deletes all snapshots but one. */
function destroy(repository: string, kept: string): void {
  for (const path of objectsOf(repository).filter((path) => !path.endsWith(kept))) {
    const file = join(repository, path);
    chmodSync(file, 0o600);
    if (path.startsWith('data/')) writeFileSync(file, randomBytes(statSync(file).size + 16));
    if (path.startsWith('snapshots/')) rmSync(file);
  }
}

/** Adds a snapshot that nobody can read; returns its id. */
function plantFake(repository: string): string {
  const content = randomBytes(200);
  const id = createHash('sha256').update(content).digest('hex');
  writeFileSync(join(repository, 'snapshots', id), content);
  return id;
}

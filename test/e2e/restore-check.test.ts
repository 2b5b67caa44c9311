import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { callDaemon } from '../../src/client/control-client.ts';
import { socketPathOf } from '../../src/client/hosted-unit.ts';
import { changeTree } from '../support/sample-data.ts';
import { seedRepository } from '../support/restic.ts';
import { RestoreSite } from '../support/restore-site.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, pathWith, tool } from '../support/tools.ts';

/** A restic that never ends at one place once `folder/hang` is there: what a hung mount or remote looks like from here. */
function hangingAt(place: string, folder: string): string {
  const script = `#!/bin/sh\ncase "$*" in *'--repo ${place} '*) [ -e ${folder}/hang ] && exec sleep 600;; esac\nexec ${tool('restic', 'newest')} "$@"\n`;
  writeFileSync(join(folder, 'restic'), script, { mode: 0o700 });
  return `${folder}:${pathWith('newest')}`;
}

describeWithTools(['newest/restic'], 'restore checks by a daemon', () => {
  test('are shown, hold up no sync while a place hangs, and leave nothing after SIGKILL', async () => {
    const { path, data, repository } = await seedRepository('newest');
    const site = await RestoreSite.synced({ generation: 'newest', source: path });
    const { syncd } = site;
    site.configure({ every: '7d', compareWith: 'off' });
    const directory = join(syncd.stateDir, 'restore-check');
    mkdirSync(join(directory, 'backup-syncd-restore-ahost', 'restored'), { recursive: true });
    const folder = temporaryDirectory();
    const env = { PATH: hangingAt(syncd.backend('nas'), folder) };

    const daemon = await syncd.start(['run'], { env });
    await waitFor(
      async () => (await daemon.metric('restore_checks_total', { outcome: 'ok' })) === 1,
      {
        what: 'a restore check',
      },
    );
    expect(await daemon.metric('restore_check_failed')).toBe(0);
    expect(await daemon.metric('activity_due_timestamp_seconds', { activity: 'restore-check' })).toBeGreaterThan(Date.now() / 1000); // prettier-ignore
    expect(await daemon.get('/clients/ahost')).toMatch(/restored fine (?:now|<?\d+s ago)/);
    await waitFor(() => readdirSync(directory).length === 0, { what: 'the restored files to go' });

    writeFileSync(join(folder, 'hang'), '');
    const asked = syncd.cli(['restore-check', 'ahost', '--backend', 'nas'], { env });
    await waitFor(() => readdirSync(directory).length === 1, { what: 'the check of nas' });
    const { signal } = new AbortController();
    const socket = socketPathOf(syncd.runtimeDir, 'ahost');
    const asking = callDaemon(socket, { verb: 'restore-check' }, { signal, silenceMs: 60_000 });
    for await (const answer of asking) {
      const text = expect.stringContaining('a restore check of nas is running');
      expect(answer).toMatchObject({ type: 'said', text });
      break;
    }
    changeTree(data, { seed: 7 });
    const id = await repository.backup(data);
    await daemon.untilComplete('nas', id); // the sync does not wait
    expect(readdirSync(directory)).toEqual(['backup-syncd-restore-ahost']);

    const state = join(syncd.stateDir, 'ahost.json');
    await waitFor(() => readFileSync(state, 'utf8').includes('restoredAt'), { what: 'saving' });
    daemon.process.kill('SIGKILL');
    expect(await asked).toMatchObject({ code: 69 });
    const next = await syncd.start(['run'], { env });
    await waitFor(() => readdirSync(directory).length === 0, { what: 'cleaning up' });
    expect(await next.metric('restore_checks_total', { outcome: 'ok' })).toBe(1);
    expect((await syncd.cli(['status', 'ahost'])).stdout).toMatch(/(?:source|nas) .*restored fine/);
  }, 120_000);
});

import { mkdirSync, readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { failingCall } from '../support/fail-calls.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const EPERM = 1;
const NEVER_DUE = { defaults: { expect: { snapshotEvery: 'off' } } };

describeWithTools(['newest/restic', 'fail-calls'], 'own directories on a poor file system', () => {
  const poor = ({ stateDir: path }: Syncd) => ({
    ...failingCall('link', EPERM, { path }),
    ...failingCall('bind', EPERM, { path }),
  });

  test('without hard links and sockets, check-config warns, and replication continues', async () => {
    const { path } = await seedRepository('newest');
    const syncd = new Syncd(NEVER_DUE);
    mkdirSync(syncd.runtimeDir, { mode: 0o700 });
    await syncd.addClient('ahost', { source: path, backends: ['near'] });
    const env = poor(syncd);

    const checked = await syncd.cli(['check-config'], { env });
    expect(checked.code).toBe(0);
    expect(checked.stderr).toMatch(/stateDirectory: ".*" is on a file system without hard links/);
    expect(checked.stderr).toMatch(/stateDirectory: ".*" is on a file system without sockets/);
    expect(checked.stderr).toMatch(/runtimeDirectory: ".*" is on a file system without sockets/);
    expect((await syncd.cli(['check-config'])).stderr).toBe('');
    expect(readdirSync(syncd.runtimeDir)).toEqual([]);

    const daemon = await syncd.start(['run'], { env });
    await daemon.untilComplete('near', 2);
    const status = await waitFor(
      async () => {
        const answer = await syncd.cli(['status'], { env });
        return answer.code === 0 ? answer : undefined;
      },
      { what: 'a saved state' },
    );
    expect(status.stdout).toMatch(
      new RegExp(`^process ${daemon.process.pid} runs ahost but has no control socket`),
    );
    const synced = await syncd.cli(['sync', 'ahost'], { env });
    expect(synced.code).toBe(75);
    expect(synced.stdout).toMatch(/ahost is locked by process \d+, and nothing is listening at/);
    expect(await daemon.process.stop()).toEqual({ code: 0, signal: null });
    expect(await syncd.cli(['sync', 'ahost'], { env })).toMatchObject({ code: 0 });
  }, 90_000);
});

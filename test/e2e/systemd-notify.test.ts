import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { NotifyListener, pathWithSystemdNotify } from '../support/systemd.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

/** Fed three times a second. */
const WATCHDOG_USEC = '1000000';

describeWithTools(['newest/restic', 'systemd'], 'a daemon as a notify service', () => {
  test('is ready after the first checks, feeds the watchdog unless it is stopped, says when it stops, and tells its children nothing', async () => {
    const listener = await NotifyListener.start();
    const [{ path: source }, other] = [
      await seedRepository('newest'),
      await seedRepository('newest'),
    ];
    const syncd = await Syncd.create({ source, backends: ['near'], poll: '1s' });
    const seen = join(syncd.directory, 'environment');
    const script = join(syncd.directory, 'script');
    writeFileSync(script, `#!/bin/sh\nenv > ${seen}.new\nmv ${seen}.new ${seen}\n`);
    chmodSync(script, 0o755);
    const remotes = { own: { script: [script] } };
    syncd.writeClient('scripted', { source: other.path, backends: [], remotes });
    syncd.writeClient('missing', { source: join(syncd.directory, 'nothing'), backends: ['near'] });
    const env = { NOTIFY_SOCKET: listener.address, WATCHDOG_USEC, PATH: pathWithSystemdNotify() };
    const daemon = await syncd.start(['run'], { env });

    await listener.until('READY=1');
    const states = (await daemon.clients()).map(({ source: { state } }) => state);
    expect(states.sort()).toEqual(['missing', 'ok', 'ok']);
    await listener.until('WATCHDOG=1', 2);
    await waitFor(() => readFileSync(seen, 'utf8'), { what: 'the script' });
    expect(readFileSync(seen, 'utf8')).not.toMatch(/NOTIFY_SOCKET|WATCHDOG/);

    daemon.process.kill('SIGSTOP');
    const fed = listener.count('WATCHDOG=1');
    await sleep(2_000);
    expect(listener.count('WATCHDOG=1')).toBeLessThanOrEqual(fed + 1); // one was on its way
    daemon.process.kill('SIGCONT');
    await listener.until('WATCHDOG=1', fed + 2);

    expect((await daemon.process.stop()).code).toBe(0);
    expect(listener.messages.filter((message) => message !== 'WATCHDOG=1')).toEqual([
      'READY=1',
      'STOPPING=1',
    ]);
    expect(listener.messages.at(-1)).toBe('STOPPING=1');
    expect(daemon.process.stderr()).not.toContain('notify');
  });

  test('goes on without systemd-notify, and logs that once', async () => {
    const listener = await NotifyListener.start();
    const syncd = new Syncd();
    const env = { NOTIFY_SOCKET: listener.address, WATCHDOG_USEC, PATH: temporaryDirectory() };
    const daemon = await syncd.start(['run'], { env });

    await daemon.process.waitForLine(/cannot notify systemd: systemd-notify cannot be run/);
    await sleep(1_500);
    expect(await daemon.get('/healthz')).toContain('ok');
    expect(daemon.process.stderr().match(/cannot notify/g)).toHaveLength(1);
    expect((await daemon.process.stop()).code).toBe(0);
    expect(listener.messages).toEqual([]);
  });
});

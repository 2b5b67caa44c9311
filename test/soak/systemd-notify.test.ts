import { expect, test } from '@jest/globals';
import { mountPassthrough } from '../support/fuse.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { NotifyListener, pathWithSystemdNotify } from '../support/systemd.ts';
import { describeWithTools } from '../support/tools.ts';

describeWithTools(['newest/restic', 'systemd', 'fuse'], 'a daemon as a notify service', () => {
  test('a source that hangs from the start neither delays the start nor starves the watchdog', async () => {
    const listener = await NotifyListener.start();
    const { path } = await seedRepository('newest');
    const mount = await mountPassthrough(path);
    const syncd = new Syncd();
    syncd.writeClient('ahost', { source: mount.path, backends: [] });
    const env = {
      NOTIFY_SOCKET: listener.address,
      WATCHDOG_USEC: '1000000',
      PATH: pathWithSystemdNotify(),
    };
    await mount.freeze();

    const daemon = await syncd.start(['run'], { env });
    await listener.until('READY=1');
    await listener.until('WATCHDOG=1', 20);

    expect((await daemon.client()).source.state).toMatch(/^(?:unknown|timeout)$/);
    mount.thaw();
    await daemon.untilSource(({ state }) => state === 'ok');
    expect((await daemon.process.stop()).code).toBe(0);
  });
});

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { testRace } from '../suites/race.ts';
import { mountPassthrough } from '../support/fuse.ts';
import { checkReplica } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

testRace({ generation: 'newest', forMs: 5_000, hasControl: false });

describeWithTools(['newest/restic', 'fuse'], 'between the view and the copying', () => {
  test('a snapshot that is forgotten during the pass is not a failure', async () => {
    const { repository, path, data } = await seedRepository('newest');
    const { syncd, daemon, mount } = await frozenBackend(path);
    const [old, newest] = await repository.snapshots();
    await repository.forget([old?.id ?? '']);
    mount.thaw();
    await daemon.untilComplete('near', newest?.id ?? '');
    const { counters } = await daemon.backend('near');
    expect(counters.failures).toEqual({});
    const replica = syncd.backend('near');
    expect(await checkReplica(replica, 'newest')).toMatchObject({ ok: true });
    expect(existsSync(data)).toBe(true);
  });

  test('all keys replaced during the pass: nothing is published without one', async () => {
    const { repository, path } = await seedRepository('newest');
    const { syncd, daemon, mount } = await frozenBackend(path);
    const passwordFile = join(temporaryDirectory(), 'password');
    writeFileSync(passwordFile, 'another one');
    await repository.run(['key', 'passwd', '--new-password-file', passwordFile]);
    const keys = join(mount.source, 'keys');
    const snapshots = join(mount.source, 'snapshots');
    let isLocked = false;
    const watching = (async () => {
      while (!existsSync(snapshots) || readdirSync(snapshots).length === 0) await sleep(1);
      isLocked = !existsSync(keys) || readdirSync(keys).length === 0;
    })();
    mount.thaw();
    await watching;
    await daemon.untilComplete('near', 2);
    expect({ isLocked, ...(await daemon.backend('near')).counters.failures }).toEqual({
      isLocked: false,
    });
    const replica = ResticRepository.open({
      generation: 'newest',
      path: syncd.backend('near'),
      noLock: true,
      password: 'another one',
    });
    expect(await replica.check()).toMatchObject({ ok: true });
  });
});

/** A daemon that has taken its first view and waits for its backend. */
async function frozenBackend(source: string) {
  const mount = await mountPassthrough();
  const syncd = await Syncd.create({ source, backends: { near: mount.path } });
  await mount.freeze();
  const daemon = await syncd.start();
  await daemon.untilSource(({ state, snapshots }) => state === 'ok' && snapshots === 2);
  await mount.untilHanging(); // the look at the backend has begun
  return { syncd, daemon, mount };
}

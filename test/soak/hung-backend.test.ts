import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mountPassthrough } from '../support/fuse.ts';
import { s3Section, startS3, writeRcloneConfig } from '../support/rclone.ts';
import { newBackup, resticPassword, seedRepository } from '../support/restic.ts';
import { startS3Proxy } from '../support/s3-proxy.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith } from '../support/tools.ts';

const BACKENDS = ['near', 'far', 'cloud', 'own'] as const;

/** A backend of each kind, and one more; all but that one can be made to hang. */
async function setUp() {
  const seed = await seedRepository('newest');
  const mount = await mountPassthrough();
  const { minio } = await startS3();
  const proxy = await startS3Proxy(minio.endpoint);
  const home = temporaryDirectory();
  const [own, hang, script, file] = ['own', 'hang', 'bring', 'password'].map((name) =>
    join(home, name),
  ) as [string, string, string, string];
  const rcloneConfig = writeRcloneConfig(join(home, 'rclone.conf'), {
    s3: s3Section(proxy.endpoint, minio),
  });
  const lines = `[ -e ${hang} ] && sleep 600\nmkdir -p ${own}\ncp -rn "$BACKUP_SYNCD_SOURCE/." ${own}`;
  writeFileSync(script, `#!/bin/sh\n${lines}\n`, { mode: 0o700 });
  writeFileSync(file, resticPassword, { mode: 0o600 });
  const syncd = new Syncd();
  await syncd.addClient('ahost', {
    source: { directory: seed.path, password: { file } },
    backends: { near: mount.path, far: join(home, 'far') },
    remotes: {
      cloud: { rclone: 's3:bucket/ahost', rcloneConfig },
      own: { script: [script], verify: { directory: own }, deadline: '2s' },
    },
    restoreCheck: { every: 'off', sample: 3, compareWith: 'off' },
  });
  const env = { PATH: pathWith('newest') };
  await syncd.init('cloud', 'ahost', [], { env });
  return {
    seed,
    syncd,
    daemon: await syncd.start(['run'], { env: { ...env, BACKUP_SYNCD_SILENCE_MS: '10000' } }),
    async hangAll() {
      await mount.freeze();
      proxy.decide = () => 'silent';
      writeFileSync(hang, '');
    },
    answer() {
      mount.thaw();
      proxy.decide = () => undefined;
      rmSync(hang);
    },
  };
}

interface Audited {
  readonly place: string;
  readonly audit?: object;
  readonly trouble?: { readonly message: string };
}

describeWithTools(
  ['newest/restic', 'newest/rclone', 'minio', 'fuse'],
  'a backend that hangs',
  () => {
    test('at each kind, its audit and restore check say so, hold up no other backend, and work again later', async () => {
      const { seed, syncd, daemon, ...backends } = await setUp();
      for (const name of BACKENDS) await daemon.untilComplete(name, 2);
      const audit = async () => {
        const { code, stdout } = await syncd.here(['audit', 'ahost', '--json']);
        const { clients } = JSON.parse(stdout) as { clients: [{ audits: Audited[] }] };
        return { code, places: new Map(clients[0].audits.map((one) => [one.place, one])) };
      };
      const check = (place: string) => syncd.here(['restore-check', 'ahost', '--backend', place]);
      // jest cannot load a module for two commands at the same time
      expect([await audit(), await check('none')]).toMatchObject([{ code: 0 }, { code: 1 }]);
      await backends.hangAll();
      const id = await newBackup(seed, 3); // the script is about to hang
      const work = Promise.all([audit(), check('near'), check('cloud')]);

      await daemon.untilComplete('far', id);
      const [audited, ...checks] = await work;

      const troubles = ['near', 'cloud'].map(
        (place) => audited.places.get(place)?.trouble?.message,
      );
      expect(troubles).toEqual([
        expect.stringContaining('has not responded'),
        expect.stringMatching(/no output for|deadline/),
      ]);
      for (const place of ['source', 'far', 'own'])
        expect(audited.places.get(place)).toHaveProperty('audit');
      expect(audited.code).toBe(1);
      for (const { code, stdout, stderr } of checks)
        expect({ code, said: stdout + stderr }).toEqual({
          code: 3,
          said: expect.stringContaining('inconclusive'),
        });
      await daemon.until('own', ({ reason }) => reason === 'tool');

      backends.answer();
      expect(await syncd.here(['sync', 'ahost'])).toMatchObject({ code: 0 });
      expect(await audit()).toMatchObject({ code: 0 });
      for (const place of ['near', 'cloud', 'own'])
        expect(await check(place)).toMatchObject({ code: 0 });
    }, 240_000);
  },
);

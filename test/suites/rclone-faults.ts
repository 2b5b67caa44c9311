import { rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DirectoryLocation } from '../../src/locations/directory/directory-location.ts';
import { FilePool } from '../../src/locations/directory/io/file-pool.ts';
import { RcloneLocation } from '../../src/locations/rclone/rclone-location.ts';
import { Catalogue } from '../../src/repository/catalogue.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { RigSource } from '../support/rig-source.ts';
import { KINDS } from '../support/rclone-kinds.ts';
import { makeRcloneRig, type RcloneRig } from '../support/rclone-rig.ts';
import { objectsOf } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith, tool, type Generation } from '../support/tools.ts';
import { NEEDS, setUp, sync, uploads } from './hostile-server.ts';

const NEVER = new AbortController().signal;

/** A client of a local path whose rclone is the real one behind a script. */
async function setUpScripted(generation: Generation, body: string): Promise<RcloneRig> {
  const directory = temporaryDirectory();
  const script = `#!/bin/sh\nrclone='${tool('rclone', generation)}'\n${body}\nexec "$rclone" "$@"\n`;
  writeFileSync(join(directory, 'rclone'), script, { mode: 0o755 });
  const env = { PATH: [directory, pathWith(generation)].join(delimiter) };
  const source = await RigSource.create(await seedRepository(generation), 0);
  return makeRcloneRig({ kind: KINDS['local path'], generation, source, env });
}

/** Names that rclone does not send, or that are gone when it would. */
export function testLeftOutNames(generation: Generation, extent: 'some' | 'all'): void {
  describeWithTools(NEEDS, `names that rclone leaves out, ${generation}`, () => {
    test('are not taken for sent, and exit status 0 proves nothing', async () => {
      const rig = await setUpScripted(
        generation,
        'case "$1 $2" in "copy "*) if [ ! -e "$0.healed" ]; then sed 1d | "$rclone" "$@"; exit; fi ;; esac',
      );
      const { syncd, replica, env = {} } = rig.place;

      const { backends } = await syncd.syncHere(['ahost'], env);

      const [key] = rig.source.objects().filter((path) => path.startsWith('keys/'));
      expect(backends).toMatchObject([
        { outcome: 'failed', reason: 'tool', message: expect.stringContaining(key ?? '') },
      ]);
      expect(objectsOf(await replica.open())).toEqual(['config']);
      writeFileSync(join((env['PATH'] ?? '').split(delimiter)[0] ?? '', 'rclone.healed'), '');
      await rig.converge();
    });

    if (extent === 'all') {
      test('are reported as vanished when they are gone from the source', async () => {
        const gone = join(temporaryDirectory(), 'gone');
        const rig = await setUpScripted(
          generation,
          `case $1 in copy) rm -f "$(cat '${gone}')" ;; esac`,
        );
        const paths = rig.source.objects().filter((path) => path.startsWith('data/'));
        const ids = paths.map((path) => path.slice(-64));
        writeFileSync(gone, join(rig.source.path, paths[0] ?? ''));
        const pool = new FilePool();
        onCleanUp(() => pool.close());
        const source = new DirectoryLocation({ root: rig.source.path, role: 'source', pool });
        const target = new RcloneLocation({
          remote: rig.remote,
          configFile: rig.rcloneConfig,
          role: 'backend',
          env: rig.place.env ?? {},
        });
        const objects = Catalogue.from(ids.map((id) => [id, undefined]));
        const options = { signal: NEVER, minFreeBytes: 0, onProgress: () => undefined };

        const receipt = await target.receive({ source, kind: 'data', objects }, options);

        expect(receipt).toMatchObject({ vanished: [ids[0]], corrupt: [] });
        expect(receipt.failure).toBeUndefined();
        expect([...receipt.placed.entries()].map(({ id }) => id)).toEqual(ids.slice(1));
      });
    }
  });
}

/** A bucket whose objects have all gone. */
export function testEmptiedBucket(generation: Generation): void {
  describeWithTools(NEEDS, `an emptied bucket, ${generation}`, () => {
    test('a bucket that had a replica and is empty now is no fresh start', async () => {
      const client = await setUp(generation);
      await sync(client);
      rmSync(client.replica, { recursive: true });
      client.proxy.requests.length = 0;

      const { backends } = await sync(client);

      expect(backends).toMatchObject([{ outcome: 'failed', reason: 'not_initialised' }]);
      expect(uploads(client)).toEqual([]);
    });
  });
}

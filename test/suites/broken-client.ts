import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mountPassthrough, type FuseMount } from '../support/fuse.ts';
import { initLike, plantBackup, untilAll } from '../support/many-clients.ts';
import { seedRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd, type ClientStatus } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const generation = 'newest';
const BROKEN = 'broken';

interface Fleet {
  readonly syncd: Syncd;
  /** the source of the client that breaks, and the mount where that client sees it */
  readonly source: string;
  readonly mount: FuseMount;
}

interface Way {
  readonly what: string;
  /** @returns what repairs it */
  readonly spoil: (fleet: Fleet) => Promise<() => unknown>;
  readonly isShown: (status: ClientStatus) => boolean;
}

const PLACES = ['nas', 'usb'];

/** The ways in which one client can break while the daemon runs. */
const WAYS: readonly Way[] = [
  {
    what: 'its file is no YAML',
    spoil: ({ syncd, mount }) => {
      writeFileSync(syncd.clientFile(BROKEN), 'source: [');
      return Promise.resolve(() => writeClient(syncd, BROKEN, mount.path));
    },
    isShown: ({ configValid }) => !configValid,
  },
  {
    what: 'its snapshots are gone',
    spoil: ({ source }) => {
      const snapshots = join(source, 'snapshots');
      renameSync(snapshots, `${snapshots}-away`);
      return Promise.resolve(() => renameSync(`${snapshots}-away`, snapshots));
    },
    isShown: ({ source }) => source.state !== 'ok',
  },
  {
    what: 'its config is another one',
    spoil: ({ source }) => {
      const config = join(source, 'config');
      renameSync(config, `${config}-before`);
      writeFileSync(config, randomBytes(155));
      return Promise.resolve(() => renameSync(`${config}-before`, config));
    },
    isShown: ({ backends }) => backends.some(({ reason }) => reason !== undefined),
  },
  {
    what: 'its source hangs',
    spoil: async ({ mount }) => {
      await mount.freeze();
      return () => {
        mount.thaw();
      };
    },
    isShown: ({ source }) => source.state === 'timeout',
  },
];

/** @param size the number of clients; one of them breaks in each way in turn */
export function testBrokenClient(size: number): void {
  describeWithTools(['newest/restic', 'fuse'], `one broken client among ${size}`, () => {
    test('stops none of the others', async () => {
      const names = Array.from({ length: size - 1 }, (_, i) => `host${i}`);
      const seed = await seedRepository(generation);
      const syncd = new Syncd();
      const sources = temporaryDirectory();
      for (const name of [...names, BROKEN]) {
        execFileSync('cp', ['-a', seed.path, join(sources, name)]);
      }
      const source = join(sources, BROKEN);
      const mount = await mountPassthrough(source);
      writeClient(syncd, BROKEN, mount.path);
      for (const place of PLACES) await syncd.init(place, BROKEN);
      for (const name of names) {
        writeClient(syncd, name, join(sources, name));
        for (const place of PLACES) {
          initLike(syncd.backend(place, BROKEN), syncd.backend(place, name), name);
        }
      }
      // a source that hangs is told apart from a slow one within seconds
      const daemon = await syncd.start(['run'], { env: { BACKUP_SYNCD_SILENCE_MS: '6000' } });
      const others = new Map(names.map((name) => [name, PLACES] as const));
      const all = new Map([...others, [BROKEN, PLACES] as const]);
      const isComplete = (newest: string | undefined, missing: number | undefined) =>
        newest !== undefined && missing === 0;
      await untilAll(daemon, all, isComplete);

      for (const { what, spoil, isShown } of WAYS) {
        const repair = await spoil({ syncd, source, mount });
        await waitFor(async () => isShown(await daemon.client(BROKEN)), {
          what,
          timeoutMs: 150_000,
        });
        changeTree(seed.data, { seed: 7 });
        const id = await seed.repository.backup(seed.data);
        const startedAt = performance.now();
        for (const name of names) plantBackup(seed.path, join(sources, name));
        await untilAll(daemon, others, (newest, missing) => newest === id && missing === 0);
        console.info(`${what}: ${Math.round(performance.now() - startedAt)} ms`);
        await repair();
      }
      await untilAll(daemon, all, isComplete);
      expect(await daemon.process.stop()).toEqual({ code: 0, signal: null });
    }, 1_800_000);
  });
}

function writeClient(syncd: Syncd, name: string, source: string): void {
  syncd.writeClient(name, { source, backends: PLACES, poll: '20s' });
}

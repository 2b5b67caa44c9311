import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mount } from '../support/bind-mount.ts';
import { CHANGES, picture, prepared, type Change } from '../support/client-commands.ts';
import type { Site } from '../support/site.ts';
import { mountTmpfs, type Tmpfs } from '../support/tmpfs.ts';
import { describeWithTools } from '../support/tools.ts';

const NOTHING = { before: [], command: [] };

/** The files that a command leaves, except for a record that is a cache, which is not written to a full disk. */
const leftBy = (site: Site) => picture(site).filter((line) => !line.startsWith('state/removed-'));

/** Sets up what precedes a command, on a disk of its own. */
async function onDisk(change: Change): Promise<{ readonly site: Site; readonly disk: Tmpfs }> {
  const disk = await mountTmpfs({ sizeBytes: 2 * 2 ** 20 });
  return { site: await prepared(change, () => disk.path), disk };
}

/** Takes all space but some pages; returns what takes it. */
function fill({ path }: Tmpfs, pages: number): string {
  const file = join(path, 'filling');
  const { bavail, bsize } = statfsSync(path);
  writeFileSync(file, Buffer.alloc((bavail - pages) * bsize));
  return file;
}

describeWithTools(['tmpfs'], 'the disk of the configuration and the state', () => {
  test.each(Object.keys(CHANGES))(
    '%s: however full it is, the same command with more space ends as if nothing had happened',
    async (name) => {
      const change = CHANGES[name] ?? NOTHING;
      const { site: whole } = await onDisk(change);
      await whole.must(...change.command);
      const expected = leftBy(whole);

      for (let pages = 0, isDone = false; !isDone; pages++) {
        const { site, disk } = await onDisk(change);
        const filling = fill(disk, pages);

        const { code, stderr } = await site.run(...change.command);

        rmSync(filling);
        isDone = code === 0;
        if (!isDone) {
          expect({ pages, code, stderr }).toMatchObject({ pages, code: 69 });
          expect(stderr).toMatch(/ENOSPC: no space left on device(?!.*"pid")[^]*see 'df -h /);
          await site.must(...change.command);
        }
        expect({ pages, left: leftBy(site) }).toEqual({ pages, left: expected });
        await disk.unmount();
      }
    },
    600_000,
  );

  test.each(Object.keys(CHANGES))('%s: read-only, nothing is changed', async (name) => {
    const change = CHANGES[name] ?? NOTHING;
    const { site, disk } = await onDisk(change);
    const before = picture(site);
    await mount(['-o', 'remount,ro', disk.path]);

    const refused = await site.run(...change.command);

    expect(refused).toMatchObject({
      code: 69,
      stderr: expect.stringMatching(
        /EROFS: read-only file system(?!.*"pid")[^]*see 'findmnt /,
      ) as unknown,
    });
    expect(picture(site)).toEqual(before);
    await mount(['-o', 'remount,rw', disk.path]);
    await site.must(...change.command);
  });
});

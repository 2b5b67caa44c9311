import { expect, test } from '@jest/globals';
import { Administrator } from '../support/administrator.ts';
import { stepsOf } from '../support/document-session.ts';
import { Machine } from '../support/machine.ts';
import { describeWithTools, tool } from '../support/tools.ts';

describeWithTools(
  ['newest/restic', 'newest/rclone', 'minio', 'runit', 'overlay'],
  'docs/runit.md, followed to the letter',
  () => {
    test('a MinIO of the client, replicated to three places and scraped, off and on as a whole', async () => {
      const machine = await Machine.start({
        restic: tool('restic', 'newest'),
        rclone: tool('rclone', 'newest'),
        minio: tool('minio'),
      });
      const administrator = await Administrator.of(machine, [11_001, 9001]);
      const steps = stepsOf('docs/runit.md');
      const stop = steps.pop();

      for (const step of steps) await administrator.follow(step);
      expect(machine.find(/^minio server/)).toHaveLength(1);
      if (stop !== undefined) await administrator.follow(stop);

      expect(machine.find(/^(runsv|svlogd|minio|node|rclone|sh)/)).toEqual([]);
      for (const place of ['minio/ahost/restic', 'nas/ahost', 'usb/ahost', 'far/ahost']) {
        const restic = `RESTIC_PASSWORD='a good password' restic --no-cache -r /srv/${place}`;
        expect(await machine.sh(`${restic} check --read-data`)).toContain('no errors were found');
        expect(await machine.sh(`${restic} snapshots`)).toContain('1 snapshots');
      }
    }, 600_000);
  },
);

import { cpSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { describeWithTools } from '../support/tools.ts';

describeWithTools(['newest/restic'], 'the status of several clients', () => {
  test('a disk that goes away is one cause in status and plug-in, which needs only the HTTP API', async () => {
    const { path } = await seedRepository('newest');
    const syncd = new Syncd({ defaults: { expect: { snapshotEvery: 'off' } } });
    const sources = { ahost: path, bhost: join(syncd.directory, 'bhost') };
    cpSync(path, sources.bhost, { recursive: true });
    for (const [client, source] of Object.entries(sources))
      await syncd.addClient(client, { source, backends: ['near'], poll: '1s' });
    const daemon = await syncd.start();
    for (const client of ['ahost', 'bhost']) await daemon.untilComplete('near', 2, { client });
    const check = ['--config-dir', '/nonexistent', 'status', '--plugin', '--url', daemon.url];
    expect(await syncd.cli(check)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^BACKUP OK: 2 clients are well \| clients=2;;;0 .*protected_age=\d+s;;;0\n$/,
      ) as unknown,
    });

    for (const client of ['ahost', 'bhost']) {
      const place = syncd.backend('near', client);
      renameSync(place, `${place}.away`);
      await daemon.until('near', ({ isNotMounted }) => isNotMounted === true, { client });
    }
    const status = await syncd.cli(['status']);
    expect(status.code).toBe(1);
    expect(status.stdout).toMatch(
      /^WARNING near is not mounted: both clients\n {2}for example ahost: /,
    );
    expect((await syncd.here(['status', '--state', 'ok'])).stdout).toBe(
      '2 of 2 clients need attention\n',
    );
    const page = (await daemon.get('/clients/ahost')).replaceAll(/\s+/g, ' ');
    expect(page).toMatch(
      /<td>near<\/td> <td><span class="status critical">failed: not initialised/,
    );
    expect(page).toMatch(
      /<td>near<\/td> <td><span class="status ok">complete<\/span><\/td> <td> 2 snapshots, /,
    );
    expect(page.match(/<td class="where ok">yes<\/td>/g)).toHaveLength(4);
    expect(await syncd.here(check)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^BACKUP WARNING: near is not mounted: both clients \| /,
      ) as unknown,
    });

    await daemon.process.stop();
    expect(await syncd.here(check)).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/^BACKUP UNKNOWN: no daemon answers at .*\n$/) as unknown,
    });
    expect(await syncd.here([...check, '--json'])).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/^BACKUP UNKNOWN: .*--json.*\n$/) as unknown,
    });
  });
});

import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { onCleanUp } from '../support/clean-up.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const SECRET = '7b3f-the-secret';

async function startService() {
  const state = { hits: 0, answer: 200 };
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === `/${SECRET}`) state.hits += 1;
    response.writeHead(state.answer).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${SECRET}` };
}

describeWithTools(['newest/restic'], 'the heartbeat of a daemon', () => {
  test('fetches the URL while all is well, stops at the first problem, continues after it, and never shows the URL', async () => {
    const { state, url } = await startService();
    const seed = await seedRepository('newest');
    const now = new Date().toISOString().replace('T', ' ').slice(0, 19);
    await seed.repository.backup(seed.data, { time: now }); // or it is overdue
    const syncd = await Syncd.create({ source: seed.path, backends: ['near'], poll: '1s' });
    const urlFile = join(syncd.directory, 'heartbeat-url');
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 3);
    expect(await daemon.metric('heartbeat_failures_total')).toBeUndefined();

    // taken up live, before its file is there
    syncd.writeDaemon({ heartbeat: { urlFile, every: '1s' } });
    await daemon.process.waitForLine(/heartbeat failed: cannot read .*heartbeat-url \(ENOENT\)/);
    writeFileSync(urlFile, `${url}\n`);
    await waitFor(() => state.hits >= 2, { what: 'two heartbeats' });
    await daemon.process.waitForLine(/heartbeat: recovered/);
    const at = await daemon.metric('heartbeat_last_success_timestamp_seconds');
    expect(Math.abs((at ?? 0) - Date.now() / 1000)).toBeLessThan(60);

    renameSync(syncd.backend('near'), `${syncd.backend('near')}.away`);
    await daemon.process.waitForLine(
      /heartbeat withheld because not all is well: ahost: near is not mounted: /,
    );
    await daemon.untilPolled(1); // one that was on its way
    const before = state.hits;
    await daemon.untilPolled(3); // as often as it beats
    expect(state.hits).toBe(before);

    renameSync(`${syncd.backend('near')}.away`, syncd.backend('near'));
    await syncd.sync();
    await waitFor(() => state.hits > before, { what: 'the heartbeat to go on' });

    state.answer = 500;
    await daemon.process.waitForLine(/heartbeat failed: the service answered 500/);
    expect(await daemon.metric('heartbeat_failures_total')).toBeGreaterThan(0);
    expect((await daemon.backend('near')).state).toBe('idle');

    const status = await syncd.cli(['status', '--json']);
    const told = [
      await daemon.get('/metrics'),
      await daemon.get('/'),
      await daemon.get('/api/status'),
    ];
    expect(await daemon.process.stop()).toEqual({ code: 0, signal: null });
    expect([...told, status.stdout, daemon.process.output()].join('\n')).not.toContain(SECRET);
  });
});

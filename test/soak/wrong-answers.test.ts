import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { objectsOf, visibleSnapshots } from '../support/replica.ts';
import type { Fault } from '../support/s3-proxy.ts';
import { describeWithTools } from '../support/tools.ts';
import {
  backup,
  expectConverges,
  expectWhole,
  NEEDS,
  setUp,
  startDaemon,
  sync,
  uploads,
} from '../suites/hostile-server.ts';

/** Requests that are refused. */
function testRejectedRequests(): void {
  describeWithTools(NEEDS, 'a server that rejects requests', () => {
    test('one object that is refused does not hold up the others, and is named', async () => {
      const client = await setUp('newest');
      const pack = objectsOf(client.seed.path).find((path) => path.startsWith('data/')) ?? '';
      client.proxy.decide = ({ method, path }) =>
        method === 'PUT' && path.includes(pack) ? 403 : undefined;
      await startDaemon(client);

      const first = await sync(client);
      client.proxy.requests.length = 0;
      const second = await sync(client);

      for (const { backends } of [first, second]) {
        expect(backends).toMatchObject([
          { outcome: 'failed', reason: 'permission', message: expect.stringContaining(pack) },
        ]);
      }
      expect(uploads(client).length).toBeGreaterThan(0);
      expect(uploads(client).filter((request) => !request.includes(pack))).toEqual([]);
      expect(visibleSnapshots(client.replica)).toEqual([]);
      await expectConverges(client);
    });
  });
}

/** Listings that fail, or that are not true. */
function testWrongListings(): void {
  describeWithTools(NEEDS, 'wrong listings', () => {
    test('a listing that fails halfway is rejected', async () => {
      const client = await setUp('newest', { section: { list_chunk: '2' } });
      await backup(client.seed, 1);
      await sync(client);
      const faults: Fault[] = [404, 503, 'truncate'];
      for (const fault of faults) {
        const before = client.proxy.injected();
        client.proxy.requests.length = 0;
        client.proxy.decide = ({ method, path }) =>
          method === 'GET' && /[?&](continuation-token|marker)=[^&]/.test(path) ? fault : undefined;

        const { backends } = await sync(client);

        expect({ fault, backends }).toMatchObject({ fault, backends: [{ outcome: 'failed' }] });
        expect(client.proxy.injected()).toBeGreaterThan(before);
        expect(uploads(client)).toEqual([]);
      }
      await expectConverges(client);
    });

    test('a kind that is not found, where the bucket is, is not empty', async () => {
      const client = await setUp('newest');
      await sync(client);
      client.proxy.requests.length = 0;
      client.proxy.decide = ({ method, path }) =>
        method === 'GET' && path.includes('prefix=ahost%2Fdata') ? 404 : undefined;

      const { backends } = await sync(client);

      expect(backends).toMatchObject([{ outcome: 'failed', reason: 'tool' }]);
      expect(client.proxy.injected()).toBeGreaterThan(0);
      expect(uploads(client)).toEqual([]);
      await expectConverges(client);
    });

    test('if only the marker is left, everything is sent again, and nothing counts before', async () => {
      const client = await setUp('newest');
      const daemon = await startDaemon(client);
      await sync(client);
      const marker = join(client.replica, '.backup-syncd', 'backend.json');
      const before = readFileSync(marker, 'utf8');
      for (const name of readdirSync(client.replica).filter((entry) => entry !== '.backup-syncd'))
        rmSync(join(client.replica, name), { recursive: true });
      client.proxy.decide = ({ method, path }) =>
        method === 'PUT' && path.includes('/data/') ? 403 : undefined;

      await sync(client);

      const cut = await daemon.backend('cloud');
      expect(cut).toMatchObject({ state: 'blocked', reason: 'permission' });
      expect(cut.latestSnapshotId).toBeUndefined();
      expect(visibleSnapshots(client.replica)).toEqual([]);
      await expectConverges(client);
      expect(readFileSync(marker, 'utf8')).toBe(before);
    });

    test('a listing that is empty by mistake: the replica does not change', async () => {
      const client = await setUp('newest');
      await sync(client);
      const marker = join(client.replica, '.backup-syncd', 'backend.json');
      const before = readFileSync(marker, 'utf8');
      client.proxy.decide = ({ method, path }) =>
        method === 'GET' && /[?&]prefix=/.test(path) ? 'empty' : undefined;

      await expectWhole(client, await sync(client));

      expect(client.proxy.injected()).toBeGreaterThan(0);
      expect(readFileSync(marker, 'utf8')).toBe(before);
      await expectConverges(client);
    });
  });
}

testRejectedRequests();
testWrongListings();

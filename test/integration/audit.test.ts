import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { testAuditRepairs } from '../suites/audit-repairs.ts';
import { addPacks } from '../support/many-objects.ts';
import { setUpS3Client } from '../support/s3-client.ts';
import { describeWithTools } from '../support/tools.ts';

testAuditRepairs('newest'); // with both in the soak

describeWithTools(['newest/restic', 'newest/rclone', 'minio'], 'an audit', () => {
  test('at S3 it takes one request for each thousand objects, and a few', async () => {
    const { seed, syncd, env, proxy, replica } = await setUpS3Client('newest');
    addPacks(seed.path, 1_050, 10);
    // what is there already is not sent
    cpSync(join(seed.path, 'data'), join(replica, 'data'), { recursive: true });
    expect((await syncd.syncHere(['ahost'], env)).code).toBe(0);
    proxy.requests.length = 0;

    const { code } = await syncd.here(['audit', 'ahost', '--backend', 'cloud'], env);

    expect(code).toBe(0);
    const lists = proxy.requests.filter((request) => /prefix=[^&]*data/.test(request));
    expect(lists.length).toBeLessThanOrEqual(3); // the second thousand, and whether there is more
    expect(proxy.requests.length).toBeLessThanOrEqual(3 + 10);
    expect(proxy.requests.filter((request) => !/^(GET|HEAD)/.test(request))).toEqual([]);
  });
});

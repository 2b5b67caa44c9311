import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from './process.ts';
import { freePort, temporaryDirectory, waitFor } from './temp.ts';
import { tool } from './tools.ts';

const accessKey = 'weed-test';
const secretKey = 'weed-test-secret';

/** It needs eight ports at once; another process may take one between our check and its start. */
const ATTEMPTS = 4;

/** SeaweedFS with S3 and no buckets; answers the section of an rclone.conf. */
export async function startSeaweedFs(attempt = 1): Promise<Record<string, string>> {
  const directory = temporaryDirectory();
  const ports: string[] = [];
  for (const part of ['master', 'volume', 'filer', 's3'])
    for (const kind of ['port', 'port.grpc']) ports.push(`-${part}.${kind}=${await freePort()}`);
  const endpoint = `http://127.0.0.1:${/^-s3.port=(\d+)/m.exec(ports.join('\n'))?.[1] ?? ''}`;
  const server = startProcess(
    tool('seaweedfs'),
    [
      ...['server', `-dir=${directory}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', ...ports],
      ...[
        '-s3',
        `-s3.config=${identities(temporaryDirectory())}`,
        '-s3.port.iceberg=0',
        '-s3.port.lance=0',
      ],
      ...['-master.volumeSizeLimitMB=64', '-volume.max=50', '-master.telemetry=false'],
    ],
    { env: { HOME: directory } },
  );
  const isReady = async () => (await fetch(endpoint)).status === 403;
  try {
    await waitFor(isReady, { what: 'SeaweedFS', timeoutMs: 60_000 });
  } catch (error) {
    server.killGroup('SIGKILL');
    if (attempt === ATTEMPTS)
      throw new Error(`SeaweedFS did not come up:\n${server.output()}`, { cause: error });
    return startSeaweedFs(attempt + 1);
  }
  const credentials = { access_key_id: accessKey, secret_access_key: secretKey };
  return { type: 's3', provider: 'Other', endpoint, ...credentials };
}

function identities(directory: string): string {
  const file = join(directory, 's3.json');
  const credentials = [{ accessKey, secretKey }];
  const actions = ['Admin', 'Read', 'List', 'Tagging', 'Write'];
  writeFileSync(file, JSON.stringify({ identities: [{ name: 'test', credentials, actions }] }));
  return file;
}

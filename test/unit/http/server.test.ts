import { describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { createApp } from '../../../src/http/app.ts';
import { startServer, type RunningServer } from '../../../src/http/server.ts';
import { EXIT } from '../../../src/runtime/errors.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { sampleReport } from '../metrics/sample-report.ts';

const app = createApp({
  report: sampleReport,
  scrape: () => Promise.resolve({ contentType: 'text/plain', body: Buffer.alloc(0) }),
});

async function start(options: { host?: string; port?: number; signal?: AbortSignal } = {}) {
  const server = await startServer(app, { host: '127.0.0.1', port: 0, ...options });
  onCleanUp(() => server.close());
  return server;
}

function portOf({ url }: RunningServer): number {
  return Number(new URL(url).port);
}

describe('an address that cannot be had', () => {
  test('is named, with the key to change and the exit code, when it is taken', async () => {
    const port = portOf(await start());
    await expect(start({ port })).rejects.toMatchObject({
      name: 'ExitError',
      exitCode: EXIT.unavailable,
      message: `Cannot listen on 127.0.0.1:${port}: another program listens there already`,
      hint: expect.stringContaining('`listen`'),
    });
  });

  test('is named when this machine does not have it', async () => {
    await expect(start({ host: '192.0.2.1', port: 10_987 })).rejects.toMatchObject({
      exitCode: EXIT.unavailable,
      message: 'Cannot listen on 192.0.2.1:10987: this machine does not have that address',
    });
  });
});

describe('closing', () => {
  test('does not wait for a connection that is kept alive', async () => {
    const server = await start();
    await (await fetch(`${server.url}healthz`)).text();
    await server.close();
    await expect(fetch(`${server.url}healthz`)).rejects.toThrow();
  });

  test('waits a second, no longer, for a request that is not finished', async () => {
    const server = await start();
    const socket = connect(portOf(server), '127.0.0.1');
    onCleanUp(() => socket.destroy());
    await new Promise((resolve) => socket.write('GET / HTTP/1.1\r\nHost: a\r\n', resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const startedAt = performance.now();
    await server.close();
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  test('happens at the signal, and twice is once', async () => {
    const controller = new AbortController();
    const server = await start({ signal: controller.signal });
    controller.abort();
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test('before the start is no start', async () => {
    await expect(start({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

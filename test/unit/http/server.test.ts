import { describe, expect, test } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { createApp } from '../../../src/http/app.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../../src/http/server.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { sampleReport } from '../metrics/sample-report.ts';

const app = createApp({
  report: sampleReport,
  scrape: () => Promise.resolve(''),
  now: () => 0,
});

async function start(options: Partial<ServerOptions> = {}) {
  const server = await startServer(app, { host: '127.0.0.1', port: 0, ...options });
  onCleanUp(() => server.close());
  return server;
}

function portOf({ url }: RunningServer): number {
  return Number(new URL(url).port);
}

describe('an address that is not available', () => {
  test('is named, with the key to change and the exit code, when it is taken', async () => {
    const port = portOf(await start());
    await expect(start({ port })).rejects.toMatchObject({
      name: 'UnavailableError',
      why: 'unavailable',
      message: `cannot listen on 127.0.0.1:${port}: another program is already listening there`,
      hint: expect.stringContaining('`listen`'),
    });
  });

  test('is named when this machine does not have it', async () => {
    await expect(start({ host: '192.0.2.1', port: 10_987 })).rejects.toMatchObject({
      why: 'unavailable',
      message: 'cannot listen on 192.0.2.1:10987: this machine does not have that address',
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
    expect(performance.now() - startedAt).toBeLessThan(15_000);
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

/** One after the other, as in the order in which the server sees them. */
async function openConnections(server: RunningServer, texts: readonly string[]): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (const text of texts) {
    const socket = connect(portOf(server), '127.0.0.1').on('error', () => undefined);
    onCleanUp(() => socket.destroy());
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    if (text !== '') socket.write(text);
    sockets.push(socket);
  }
  return sockets;
}

describe('many connections', () => {
  test('300 idle or half-open connections do not prevent a scrape', async () => {
    const server = await start();
    const half = ['', 'GET / HTTP/1.1\r\nHost: localhost\r\n', 'GET /metrics HT'];
    await openConnections(
      server,
      Array.from({ length: 300 }, (_, i) => half[i % 3] ?? ''),
    );
    const response = await fetch(`${server.url}healthz`, { signal: AbortSignal.timeout(1000) });
    expect(response.status).toBe(200);
  });

  test('the one that has been idle longest goes, and a request makes one young again', async () => {
    const server = await start();
    const sockets = await openConnections(
      server,
      Array.from({ length: 256 }, () => ''),
    );
    const [first, second] = sockets;
    const answered = new Promise((resolve) => first?.once('data', resolve));
    first?.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await answered;
    const gone = new Promise((resolve) => second?.once('close', resolve));
    await openConnections(server, ['']);
    await gone;
    expect(first?.destroyed).toBe(false);
    expect(sockets.filter(({ destroyed }) => destroyed)).toHaveLength(1);
  });
});

describe('a host that is not known', () => {
  async function ask(server: RunningServer, head: string): Promise<string> {
    const [socket] = await openConnections(server, [`${head}\r\nConnection: close\r\n\r\n`]);
    let answer = '';
    socket?.on('data', (chunk) => (answer += String(chunk)));
    await new Promise((resolve) => socket?.once('close', resolve));
    return answer;
  }

  test('is refused for every path, with what to set', async () => {
    const server = await start();
    for (const path of ['/', '/metrics', '/healthz', '/nowhere']) {
      const answer = await ask(server, `GET ${path} HTTP/1.1\r\nHost: evil.example`);
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
      expect(answer).toContain('add the name to allowedHosts in backup-syncd.yaml');
    }
    expect(
      await ask(server, 'GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost'),
    ).toMatch(/ 421 /);
    expect(await ask(server, 'GET /healthz HTTP/1.0')).toMatch(/ 200 /);
    expect(await ask(server, 'GET http://localhost/healthz HTTP/1.1\r\nHost: localhost')).toMatch(
      / 200 /,
    );
  });

  test('is allowed as soon as allowedHosts names it', async () => {
    const config: { allowedHosts?: string[] } = {};
    const server = await start({ allowedHosts: () => config.allowedHosts });
    const head = 'GET /healthz HTTP/1.1\r\nHost: backup.example.org';
    expect(await ask(server, head)).toMatch(/ 421 /);
    config.allowedHosts = ['backup.example.org'];
    expect(await ask(server, head)).toMatch(/ 200 /);
  });
});

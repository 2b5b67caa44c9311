import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { fetchJson, fetchText } from '../../../src/doctor/fetch-json.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { freePort } from '../../support/temp.ts';

const { signal } = new AbortController();

async function serve(answer: RequestListener): Promise<URL> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

test('JSON, and the time of the server', async () => {
  const url = await serve((_, response) => {
    response.setHeader('date', 'Sun, 29 Nov 2026 12:00:00 GMT').end('{"a":1}');
  });
  const serverTime = Date.UTC(2026, 10, 29, 12);
  expect(await fetchJson(url, signal)).toEqual({ body: { a: 1 }, serverTime });
});

test('what is not JSON', async () => {
  const url = await serve((_, response) => void response.end('<html>'));
  expect((await fetchJson(url, signal)).body).toBeUndefined();
});

test('a status that is no success', async () => {
  const url = await serve((_, response) => void response.writeHead(401).end('no'));
  await expect(fetchText(url, signal)).rejects.toMatchObject({
    status: 401,
    isRefused: false,
    message: `${url.href} answered 401 Unauthorized`,
  });
});

test('nothing listens', async () => {
  const url = new URL(`http://127.0.0.1:${await freePort()}/`);
  await expect(fetchText(url, signal)).rejects.toMatchObject({ isRefused: true });
});

test('an answer that never comes', async () => {
  const url = await serve(() => undefined);
  await expect(fetchText(url, signal, 50)).rejects.toThrow('did not answer within 0.05 s');
});

test('an answer without an end is not read to its end', async () => {
  const block = Buffer.alloc(4 * 1024 * 1024, 'x');
  let sent = 0;
  const url = await serve((_, response) => {
    const more = (): void => {
      sent += block.length;
      response.write(block, (error) => {
        if (!error) more();
      });
    };
    more();
  });
  await expect(fetchText(url, signal, 60_000)).rejects.toThrow('answers without an end');
  expect(sent).toBeLessThan(200 * 1024 * 1024);
});

test('a redirect to itself', async () => {
  const url = await serve((_, response) => void response.writeHead(302, { location: '/' }).end());
  await expect(fetchText(url, signal)).rejects.toThrow('redirect count exceeded');
});

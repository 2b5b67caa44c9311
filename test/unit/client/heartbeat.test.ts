import { execFileSync } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Heartbeat } from '../../../src/client/heartbeat.ts';
import { DIRECT_FILES } from '../../../src/files/own-files.ts';
import { ping } from '../../../src/client/ping.ts';
import type { Log } from '../../../src/log/log.ts';
import type { Overall } from '../../../src/report/overall.ts';
import type { Severity } from '../../../src/report/types.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { temporaryDirectory, waitFor } from '../../support/temp.ts';

const SECRET = 'b6e0-secret';

async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/${SECRET}`;
}

function fileWith(text: string): string {
  const file = join(temporaryDirectory(), 'url');
  writeFileSync(file, text);
  return file;
}

async function pingFailure(text: string, timeoutMs = 5000): Promise<string> {
  const file = fileWith(text);
  const error = await ping(file, DIRECT_FILES, AbortSignal.timeout(timeoutMs)).then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason as Error,
  );
  return error.message.replace(file, 'FILE');
}

test('the URL of the file is fetched, white space around it left out', async () => {
  const seen: string[] = [];
  const url = await serve(({ method, url: path, headers }, response) => {
    seen.push(`${method} ${path} ${headers['user-agent']}`);
    response.end('OK');
  });
  await ping(fileWith(` ${url}\n`), DIRECT_FILES, AbortSignal.timeout(5000));
  expect(seen).toEqual([`GET /${SECRET} backup-syncd`]);
});

test.each([
  ['', 'FILE does not hold a URL that begins with https:// or http://'],
  [`file:///${SECRET}`, 'FILE does not hold a URL that begins with https:// or http://'],
  [SECRET, 'FILE does not hold a URL that begins with https:// or http://'],
  [
    `http://user:${SECRET}@127.0.0.1/`,
    'the URL in FILE contains a user name or password, which cannot be sent',
  ],
  [`http://127.0.0.1:10/${SECRET}`, 'the service cannot be reached (ECONNREFUSED)'],
  [`http://${SECRET}.invalid/`, 'the service cannot be reached (ENOTFOUND)'],
])('a failure never quotes the URL: %s', async (text, message) => {
  const found = await pingFailure(text);
  expect(found).not.toContain(SECRET);
  expect(found.replace('EAI_AGAIN', 'ENOTFOUND')).toBe(message);
});

test('a missing file is named', async () => {
  await expect(ping('/nowhere/url', DIRECT_FILES, AbortSignal.timeout(5000))).rejects.toThrow(
    'cannot read /nowhere/url (ENOENT)',
  );
});

test('a redirect is not followed, an error is reported, and silence times out', async () => {
  let hits = 0;
  const url = await serve(({ url: path }, response) => {
    hits += 1;
    if (path?.endsWith('moved') === true) response.writeHead(301, { location: `/${SECRET}` });
    else if (path?.endsWith('gone') === true) response.writeHead(404);
    else return;
    response.end();
  });
  expect(await pingFailure(`${url}/moved`)).toBe(
    'the service answered 301: redirects are not followed; write the address that it redirects to',
  );
  expect(await pingFailure(`${url}/gone`)).toBe('the service answered 404');
  expect(await pingFailure(`${url}/silent`, 300)).toBe('the service did not answer in time');
  expect(hits).toBe(3);
});

const WELL: Overall = { severity: 'ok', findings: [] };

function because(severity: Severity, said: { client: string; message: string }): Overall {
  return { severity, findings: [{ kind: 'snapshot_overdue', severity, ...said }] };
}

/** A heartbeat whose hours pass in milliseconds, and what it did. */
function start(everyMs = 1000) {
  const state = { now: 0, overall: WELL, fails: false };
  const said: string[] = [];
  const pings: number[] = [];
  const log = {
    info: (_: object, message: string) => said.push(message),
    warn: (_: object, message: string) => said.push(`warning: ${message}`),
  } as unknown as Log;
  const heartbeat = new Heartbeat({
    filesOf: () => DIRECT_FILES,
    config: () => ({ urlFile: '/url', everyMs }),
    overall: () => state.overall,
    clock: { now: () => state.now, elapsedMs: () => 0, random: () => 0 },
    log,
    ping: async () => {
      pings.push(state.now);
      if (state.fails) throw new Error('the service answered 500');
    },
  });
  const controller = new AbortController();
  const running = heartbeat.run(controller.signal);
  onCleanUp(async () => {
    controller.abort();
    await running;
  });
  const step = async (now: number) => {
    state.now = now;
    heartbeat.nudge();
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { state, said, pings, heartbeat, step };
}

test('it beats once per interval while all is well', async () => {
  const { pings, said, step, heartbeat } = start();
  for (const now of [0, 500, 999, 1000, 1500, 2100]) await step(now);
  expect(pings).toEqual([0, 1000, 2100]);
  expect(said).toEqual([]);
  expect(heartbeat.state()).toEqual({ failures: 0, lastSuccessAt: 2100 });
});

test('setting the clock back does not silence the alert', async () => {
  const { pings, step } = start();
  for (const now of [10_000_000, 500, 900]) await step(now);
  expect(pings).toEqual([0, 10_000_000, 500]);
});

test('a pipe in place of the file blocks nothing', async () => {
  const pipe = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  await expect(ping(pipe, DIRECT_FILES, AbortSignal.timeout(1000))).rejects.toThrow('cannot read');
});

test('it is withheld while something is wrong, which is logged once, and resumes at once', async () => {
  const { state, pings, said, step } = start();
  await step(0);
  state.overall = because('warning', { client: 'db', message: 'overdue' });
  for (const now of [1000, 2000, 3000]) await step(now);
  state.overall = WELL;
  await step(3001);
  expect(pings).toEqual([0, 3001]);
  expect(said).toEqual([
    'warning: heartbeat withheld because not all is well: db: overdue',
    'heartbeat resumed: all is well again (recovered)',
  ]);
});

test('at the start nothing is known, which is no news', async () => {
  const { state, pings, said, step } = start();
  state.overall = because('unknown', { client: 'web', message: 'has not been checked yet' });
  await step(1000);
  state.overall = WELL;
  await step(1100);
  expect(pings.slice(-1)).toEqual([1100]);
  expect(said).toEqual([]);
});

test('failures are logged at first, then hourly, then "recovered"', async () => {
  const { state, said, step, heartbeat } = start(60_000);
  state.fails = true;
  for (let minute = 1; minute <= 62; minute += 1) await step(minute * 60_000);
  expect(heartbeat.state()).toMatchObject({ failures: 62 });
  state.fails = false;
  await step(63 * 60_000);
  expect(said).toEqual([
    'warning: heartbeat failed: the service answered 500; next try in 1m',
    'warning: heartbeat failed (61 times): the service answered 500; next try in 1m',
    'heartbeat: recovered after 62 failures',
  ]);
});

test('without a configuration it does nothing and reports nothing', async () => {
  const heartbeat = new Heartbeat({
    filesOf: () => DIRECT_FILES,
    config: () => undefined,
    overall: () => WELL,
    clock: { now: () => 0, elapsedMs: () => 0, random: () => 0 },
    log: undefined as unknown as Log,
    ping: () => Promise.reject(new Error('it was called')),
  });
  const controller = new AbortController();
  const running = heartbeat.run(controller.signal);
  await waitFor(() => heartbeat.state() === undefined, { what: 'nothing' });
  controller.abort();
  await running;
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { plugin } from '../../../src/cli/plugin.ts';
import type { Context } from '../../../src/cli/context.ts';
import { textOf, type Line } from '../../../src/cli/render/line.ts';
import { toStatusDocument } from '../../../src/report/document.ts';
import type { Picture } from '../../../src/report/types.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { freshClient, sampleReport } from '../metrics/sample-report.ts';
import { away, fleet } from '../report/fleet.ts';

/** `label=value[unit];;;0`, as the guidelines for plug-ins have it. */
const PERFDATA = /^\w+=\d+s?;;;0$/;

let answer: RequestListener;
let url: string;
let server: Server;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => void server.close());
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

function serve(picture: Picture): void {
  answer = (request, response) => {
    if (request.url === '/api/status') response.end(JSON.stringify(toStatusDocument(picture)));
    else response.writeHead(404).end();
  };
}

async function check(clients: readonly string[] = [], options: { url?: string } = { url }) {
  const lines: Line[] = [];
  const context = {
    out: (line: Line) => void lines.push(line),
    signals: { stop: new AbortController().signal },
  } as unknown as Context;
  const code = await plugin(context, { configDir: '/nonexistent', clients, ...options });
  expect(lines).toHaveLength(1);
  const [text = '', numbers] = textOf(lines[0] ?? '').split(' | ');
  for (const part of numbers?.split(' ') ?? []) expect(part).toMatch(PERFDATA);
  return { code, text, numbers };
}

describe('what is found', () => {
  test('all is well: 0', async () => {
    serve(fleet(60));
    expect(await check()).toEqual({
      code: 0,
      text: 'BACKUP OK: 60 clients are well',
      numbers:
        'clients=60;;;0 critical=0;;;0 warning=0;;;0 unknown=0;;;0 ok=60;;;0 unprotected=0;;;0 lag=0s;;;0 protected_age=10800s;;;0',
    });
  });

  test('disabled clients are well, by name too, and when there is no other', async () => {
    const disabled = [{ client: 'attic', reason: 'sold', since: 0 }];
    serve({ ...fleet(2), disabled });
    expect(await check()).toMatchObject({
      code: 0,
      text: 'BACKUP OK: 2 clients are well, 1 client is disabled',
    });
    expect(await check(['attic'])).toMatchObject({
      code: 0,
      text: 'BACKUP OK: 1 client is disabled',
    });
    serve({ ...fleet(0), disabled });
    expect((await check()).code).toBe(0);
  });

  test('one disk away: 1, and the cause once', async () => {
    serve(fleet(60, away));
    expect(await check()).toMatchObject({
      code: 1,
      text: 'BACKUP WARNING: usb is not mounted: all 60 clients',
      numbers: expect.stringContaining('warning=60;;;0') as unknown,
    });
  });

  test('something critical: 2, and it comes first', async () => {
    serve(sampleReport());
    const { code, text } = await check();
    expect(code).toBe(2);
    expect(text).toMatch(/^BACKUP CRITICAL: db: nas .*; .*broken: it was refused/);
  });

  test('nothing known, or nothing configured: 3', async () => {
    serve({ ...fleet(0), clients: [freshClient('ahost')] });
    expect(await check()).toMatchObject({
      code: 3,
      text: 'BACKUP UNKNOWN: ahost: has not been checked yet',
    });
    serve(fleet(0));
    expect(await check()).toMatchObject({
      code: 3,
      text: 'BACKUP UNKNOWN: no client is configured',
    });
  });

  test('only the named clients', async () => {
    serve(fleet(3, (index) => (index === 1 ? away(index) : {})));
    expect(await check(['host-01'])).toMatchObject({
      code: 0,
      text: 'BACKUP OK: 1 client is well',
    });
    expect(await check(['host-01', 'host-02'])).toMatchObject({ code: 1 });
    expect(await check(['host-09'])).toMatchObject({
      code: 3,
      text: 'BACKUP UNKNOWN: the daemon has no client host-09',
    });
  });

  test('of a client that does not run, too', async () => {
    serve({ ...fleet(1), refused: [{ client: 'broken', error: 'a | b\nc' }] });
    expect(await check(['broken'])).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^BACKUP WARNING: broken: it was refused .*: a \/ b/) as unknown,
    });
  });
});

describe('any error exits with 3', () => {
  test.each<[string, RequestListener, RegExp]>([
    [
      'another server',
      (_, response) => void response.end('{}'),
      /did not answer like backup-syncd/,
    ],
    ['no JSON', (_, response) => void response.end('<html>'), /did not answer like backup-syncd/],
    ['a refusal', (_, response) => void response.writeHead(421).end(), /421 Misdirected Request/],
    ['an end in the middle', (_, response) => void response.destroy(), /no daemon answers at/],
  ])('%s', async (_what, listener, said) => {
    answer = listener;
    expect(await check()).toMatchObject({
      code: 3,
      text: expect.stringMatching(said) as unknown,
      numbers: undefined,
    });
  });

  test('no daemon', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await check()).toMatchObject({
      code: 3,
      text: expect.stringMatching(
        /^BACKUP UNKNOWN: no daemon answers at http:\S+\/api\/status: .*ECONNREFUSED/,
      ) as unknown,
    });
  });

  test('no address', async () => {
    expect(await check([], { url: 'nonsense' })).toMatchObject({ code: 3 });
    expect(await check([], {})).toMatchObject({
      code: 3,
      text: expect.stringContaining('--url') as unknown,
    });
  });
});

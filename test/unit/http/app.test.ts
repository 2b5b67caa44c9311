import { beforeEach, describe, expect, test } from '@jest/globals';
import { request } from 'node:http';
import { createApp } from '../../../src/http/app.ts';
import { startServer } from '../../../src/http/server.ts';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import type { DaemonReport } from '../../../src/report/types.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { NOW, sampleReport } from '../metrics/sample-report.ts';

let report: () => DaemonReport;
let errors: string[];
let url: string;

beforeEach(async () => {
  report = () => sampleReport();
  errors = [];
  const { scrape } = createMetrics({ report: () => report(), withProcess: false });
  const onError = (error: unknown, path: string) => errors.push(`${path}: ${String(error)}`);
  const app = createApp({ report: () => report(), scrape, onError, now: () => NOW });
  const server = await startServer(app, { host: '127.0.0.1', port: 0 });
  onCleanUp(() => server.close());
  url = server.url;
});

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, url), init);
}

describe('/metrics', () => {
  test('is text 0.0.4 by default', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('\nbackup_syncd_client_enabled{client="web"} 1\n');
  });

  test('is OpenMetrics for those who ask', async () => {
    const response = await get('/metrics', {
      headers: { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' },
    });
    expect(response.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(response.headers.get('vary')).toBe('Accept, Accept-Encoding');
    expect(await response.text()).toMatch(/\n# EOF\n$/);
  });

  const PROMETHEUS_2 =
    'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
  const PROMETHEUS_3 =
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
  test.each([
    [PROMETHEUS_2, 'application/openmetrics-text'],
    [PROMETHEUS_3, 'application/openmetrics-text'],
    ['application/openmetrics-text', 'application/openmetrics-text'],
    ['application/openmetrics-text; version="1.0.0", text/plain', 'application/openmetrics-text'],
    ['text/plain;q=0.4, Application/OpenMetrics-Text;q=0.5', 'application/openmetrics-text'],
    ['application/openmetrics-text;q=0.4, text/plain;q=0.5', 'text/plain'],
    ['application/openmetrics-text;q=0.4, */*', 'text/plain'],
    ['application/openmetrics-text;q=0', 'text/plain'],
    ['application/openmetrics-text;q=nonsense', 'text/plain'],
    ['application/openmetrics-text;version=2.0.0', 'text/plain'],
    ['application/openmetrics-text;version=0.0.1', 'text/plain'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text/plain'],
    ['*/*', 'text/plain'],
    [',;=,', 'text/plain'],
    ['', 'text/plain'],
  ])('with Accept %s is %s', async (accept, type) => {
    const { headers, status } = await get('/metrics', { headers: { accept } });
    expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([200, type]);
  });

  test.each([
    ['gzip', 'gzip'],
    ['gzip;q=0', null],
    ['identity', null],
    ['br', null],
  ])('with Accept-Encoding %s is encoded as %s', async (accepted, encoding) => {
    const response = await get('/metrics', { headers: { 'accept-encoding': accepted } });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(await response.text()).toContain('# HELP backup_syncd_build_info');
  });
});

describe('health', () => {
  test('/healthz is ok', async () => {
    const response = await get('/healthz');
    expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
  });

  test('/readyz says why it is not ready, a reason per line', async () => {
    expect((await get('/readyz')).status).toBe(200);
    const notReady = [
      { client: 'web', message: 'no scan for 10m' },
      { client: 'db', message: 'no scan for 3m' },
    ];
    report = () => sampleReport({ notReady });
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('web: no scan for 10m\ndb: no scan for 3m\n');
  });
});

test('/api/status is a document with times as strings', async () => {
  const response = await get('/api/status');
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await response.json()).toMatchObject({
    schemaVersion: 1,
    severity: 'critical',
    findings: [{ kind: 'client_refused', severity: 'warning', client: 'broken' }],
    clients: [{ client: 'web', reportedAt: '2026-03-01T12:00:00.000Z' }, {}, {}, {}],
  });
});

test('/ is a page', async () => {
  const response = await get('/');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await response.text()).toContain('2 of 5 clients need attention');
});

describe('/clients/NAME', () => {
  test('is the page of a client', async () => {
    const response = await get('/clients/db');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toContain('<title>db · backup-syncd</title>');
    expect(await (await get('/clients/d%62')).text()).toContain('<h1>db</h1>');
  });

  test.each(['/clients/nobody', '/clients/', '/clients/db/x', '/clients/%2e%2e%2fetc'])(
    '%s is 404',
    async (path) => {
      expect((await raw(path)).status).toBe(404);
    },
  );
});

test('/?state=… filters, and any other value does no harm', async () => {
  expect(await (await get('/?state=critical')).text()).not.toContain('id="client-web"');
  expect((await raw('/?a=b?c=%&state=%zz')).status).toBe(200);
});

describe('every response', () => {
  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is refused', async (method) => {
    const response = await get('/metrics', { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test.each(['/', '/metrics', '/healthz', '/api/status'])('HEAD %s has no body', async (path) => {
    const response = await get(path, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
  });

  test.each(['/nope', '/metrics/x', '/%', '/../etc/passwd', '/.env'])('%s is 404', async (path) => {
    const { status, body } = await raw(path);
    expect({ status, body }).toEqual({ status: 404, body: '404 Not Found\n' });
  });

  test.each(['/', '/metrics', '/nope', '/healthz'])('%s has the security headers', async (path) => {
    const { headers } = await get(path);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-/,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each(['/', '/metrics', '/readyz', '/api/status'])(
    'an error behind %s goes to the log, not to the client',
    async (path) => {
      report = () => {
        throw new Error('secret of the house');
      };
      const response = await get(path);
      expect([response.status, await response.text()]).toEqual([
        500,
        '500 Internal Server Error\n',
      ]);
      expect(errors).toEqual([`${path}: Error: secret of the house`]);
      expect((await get('/healthz')).status).toBe(200);
    },
  );
});

/** A request whose path is sent unchanged. */
function raw(path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const outgoing = request({ hostname, port, path }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    outgoing.on('error', reject).end();
  });
}

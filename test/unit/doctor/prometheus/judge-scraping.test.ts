import { expect, test } from '@jest/globals';
import { judgeScraping, type Scraping } from '../../../../src/doctor/prometheus/judge-scraping.ts';

const target = {
  labels: { job: 'backup-syncd', instance: '127.0.0.1:10987' },
  scrapeUrl: 'http://127.0.0.1:10987/metrics',
  health: 'up',
  lastError: '',
};
const ALL: Scraping = {
  targets: [target],
  series: [{ client: 'a' }],
  clients: ['a'],
  port: 10_987,
};
const judge = (changes: Partial<Scraping>) => judgeScraping({ ...ALL, ...changes });

test('all is scraped', () => {
  expect(judge({})).toEqual([{ severity: 'ok', message: 'it scrapes 1 target of backup-syncd' }]);
});

test('no job', () => {
  expect(judge({ targets: [] })).toMatchObject([
    { severity: 'error', message: expect.stringContaining('it has no job whose name begins') },
  ]);
});

test('a job with another name', () => {
  expect(judge({ targets: [{ ...target, labels: { job: 'node' } }] })).toMatchObject([
    { severity: 'error', message: expect.stringMatching(/^its job node scrapes http:.*10987/) },
  ]);
});

test('a target that is down, or has not been scraped yet', () => {
  const lastError = 'Get "http://u:secret@127.0.0.1:10987/metrics?k=secret": connection refused';
  const scrapeUrl = 'http://u:secret@127.0.0.1:10987/metrics?k=secret';
  const down = { ...target, scrapeUrl, health: 'down', lastError };
  const found = judge({ targets: [down, { ...target, health: 'unknown' }] });
  expect(found).toMatchObject([
    {
      severity: 'error',
      message: 'it cannot scrape http://127.0.0.1:10987/metrics: Get …: connection refused',
    },
    { severity: 'unknown' },
  ]);
  expect(JSON.stringify(found)).not.toContain('secret');
});

test('clients without metrics, or with a renamed label', () => {
  const series = [{ client: 'a' }, { client: 'x', exported_client: 'c' }];
  expect(judge({ series, clients: ['a', 'b', 'c'] })).toMatchObject([
    { severity: 'ok' },
    { severity: 'error', client: 'b', message: 'Prometheus has no metrics of this client' },
    { severity: 'error', client: 'c', hint: expect.stringContaining('honor_labels: true') },
  ]);
});

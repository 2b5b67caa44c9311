import express, { type Express } from 'express';
import type { ContentType } from '../metrics/rendering.ts';
import { toStatusDocument } from '../report/document.ts';
import type { RecentPass } from '../report/recent-passes.ts';
import type { DaemonReport, Intervention, SnapshotRow } from '../report/types.ts';
import { answerError, answerNotFound, refuseWrites, type OnError } from './answers.ts';
import { sendBody } from './compress.ts';
import { setSecurityHeaders } from './headers.ts';
import { renderClientPage } from './page/client-page.ts';
import { parseFilter } from './page/filter.ts';
import { renderPage } from './page/page.ts';
import { scrapeFormat } from './scrape-format.ts';

export interface AppOptions {
  /** Called once per request. Must not do I/O. */
  readonly report: () => DaemonReport;
  readonly scrape: (contentType: ContentType) => Promise<string>;
  /** The data of a running client, called once per request of its page. Must not do I/O, and neither must the next two. */
  readonly snapshots?: (client: string) => readonly SnapshotRow[];
  readonly passes?: (client: string) => readonly RecentPass[];
  readonly interventions?: (client: string) => readonly Intervention[];
  /** Called with every error that a handler could only answer with 500. */
  readonly onError?: OnError;
  /** For the page; milliseconds since the epoch. */
  readonly now: () => number;
}

const HTML = 'text/html; charset=utf-8';

/** Serves the pages, the metrics, health and the API. Reads the report and does no other I/O. */
export function createApp(options: AppOptions): Express {
  const { report, scrape, onError, now } = options;
  const { snapshots = () => [], passes = () => [], interventions = () => [] } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(setSecurityHeaders);
  app.use(refuseWrites);
  app.get('/', (request, response) => {
    const [, query = ''] = request.originalUrl.split('?', 2);
    const body = renderPage(report(), now(), parseFilter(new URLSearchParams(query)));
    sendBody(request, response, { contentType: HTML, body });
  });
  app.get('/clients/:client', (request, response, next) => {
    const { client } = request.params;
    const details = () => ({
      snapshots: snapshots(client),
      passes: passes(client),
      interventions: interventions(client),
    });
    const body = renderClientPage({ report: report(), client, details, now: now() });
    if (body === undefined) next();
    else sendBody(request, response, { contentType: HTML, body });
  });
  app.get('/metrics', async (request, response) => {
    response.vary('Accept');
    const contentType = scrapeFormat(request);
    sendBody(request, response, { contentType, body: await scrape(contentType) });
  });
  app.get('/healthz', (_request, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const { notReady } = report();
    response.status(notReady.length === 0 ? 200 : 503).type('text');
    const reasons = notReady.map(({ client, message }) => `${client}: ${message}`);
    response.send(`${notReady.length === 0 ? 'ok' : reasons.join('\n')}\n`);
  });
  app.get('/api/status', (request, response) => {
    const body = `${JSON.stringify(toStatusDocument(report()))}\n`;
    sendBody(request, response, { contentType: 'application/json; charset=utf-8', body });
  });
  app.use(answerNotFound);
  app.use(answerError(onError));
  return app;
}

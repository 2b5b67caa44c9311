// Serves the page, the dashboard, Grafana's icons and fonts, and Prometheus, all from one address.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { modules } from './modules.mjs';

const here = import.meta.dirname;

const PAGE = `<!doctype html>
<html>
  <head><meta charset="utf-8" /><link rel="stylesheet" href="/dist/main.css" /></head>
  <body style="margin: 0">
    <div id="root"></div>
    <script>window.__grafana_public_path__ = '/public/';</script>
    <script type="module" src="/dist/main.js"></script>
  </body>
</html>`;

const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

const FONTS = {
  'inter/Inter-Regular.woff2': font('inter', 'inter-latin-400-normal'),
  'inter/Inter-Medium.woff2': font('inter', 'inter-latin-500-normal'),
  'inter/Inter-Italic.woff2': font('inter', 'inter-latin-400-italic'),
  'inter/Inter-MediumItalic.woff2': font('inter', 'inter-latin-500-italic'),
};

/**
 * `dashboards`: files, which the page asks for by their number. Resolves to { url, missing, close }; `missing` fills with
 * what was asked for in vain.
 */
export async function serve({ dashboards, prometheus }) {
  const missing = [];
  const server = createServer((request, response) => {
    const { pathname, search, searchParams } = new URL(request.url, 'http://preview');
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html');
      response.end(PAGE);
    } else if (pathname.startsWith('/prometheus/')) {
      void forward(`${prometheus}${pathname.slice('/prometheus'.length)}${search}`, response);
    } else {
      sendFile(fileOf(pathname, dashboards[searchParams.get('dashboard')]), response) ||
        missing.push(pathname);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, missing, close: () => server.close() };
}

async function forward(url, response) {
  response.setHeader('content-type', 'application/json');
  try {
    const answer = await fetch(url);
    response.statusCode = answer.status;
    response.end(await answer.text());
  } catch (error) {
    response.statusCode = 502;
    response.end(JSON.stringify({ status: 'error', errorType: 'proxy', error: String(error) }));
  }
}

function fileOf(pathname, dashboard) {
  if (pathname === '/dashboard.json') return dashboard;
  const icon = /^\/public\/build\/img\/icons\/(.+)$/.exec(pathname)?.[1];
  if (icon !== undefined)
    return join(modules, '@grafana/ui/dist/public/img/icons', normalize(icon));
  const name = /^\/public\/fonts\/(.+)$/.exec(pathname)?.[1];
  if (name?.startsWith('roboto/')) return font('roboto-mono', 'roboto-mono-latin-400-normal');
  if (name !== undefined) return FONTS[name];
  return pathname.startsWith('/dist/') ? join(here, normalize(pathname)) : undefined;
}

function font(family, file) {
  return join(modules, `@fontsource/${family}/files/${file}.woff2`);
}

function sendFile(file, response) {
  if (file === undefined || !existsSync(file)) {
    response.statusCode = 404;
    response.end();
    return false;
  }
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
  if (file.startsWith(join(here, 'dist'))) response.setHeader('cache-control', 'max-age=3600');
  createReadStream(file).pipe(response);
  return true;
}

// Dashboards, each as a picture and as a report of every panel's values, texts and colours.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serve } from './server.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const HEIGHT = 6000; // Grafana does not draw panels that are out of sight

/**
 * looks: for each { dashboard: a file, picture: a file or none, parameters of the page }: now (seconds), from, theme, width,
 * scrape (seconds), var-NAME. prometheus: a URL. Resolves to a report for each. Needs dist/ (build.mjs). Throws when a page
 * fails or says that it could not show something.
 */
export async function render({ looks, prometheus }) {
  const dashboards = looks.map(({ dashboard }) => dashboard);
  const server = await serve({ dashboards, prometheus });
  const profile = mkdtempSync(join(tmpdir(), 'preview-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    timezoneId: 'UTC',
    locale: 'en-US',
    args: FLAGS,
    env: { ...process.env, HOME: profile, XDG_CACHE_HOME: join(profile, 'cache') },
  });
  try {
    const [first, ...others] = looks.map((look, index) => ({ ...look, index }));
    const report = await renderOne(context, server, first); // the others find the scripts in the cache
    return [report, ...(await Promise.all(others.map((look) => renderOne(context, server, look))))];
  } finally {
    await context.close();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function renderOne(context, server, { index, picture, parameters = {} }) {
  const page = await context.newPage();
  const complaints = listen(page);
  const width = Number(parameters.width ?? 1600);
  await page.setViewportSize({ width, height: HEIGHT });
  await page.goto(
    `${server.url}/?${new URLSearchParams({ ...parameters, width, dashboard: index })}`,
  );
  const report = await waitForReport(page, complaints);
  if (picture !== undefined) await page.locator('#dashboard').screenshot({ path: picture });
  report.warnings.push(
    ...complaints,
    ...server.missing.splice(0).map((path) => `not found: ${path}`),
  );
  await page.close();
  return report;
}

async function waitForReport(page, complaints) {
  try {
    await page.waitForFunction('window.report', null, { timeout: 60_000 });
  } catch (error) {
    throw new Error([`the page did not finish`, ...complaints].join('\n'), { cause: error });
  }
  return page.evaluate('window.report');
}

function listen(page) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`error of the page: ${error.stack}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text().slice(0, 600)}`);
  });
  return complaints;
}

import { beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { join } from 'node:path';
import { createApp } from '../../src/http/app.ts';
import { startServer } from '../../src/http/server.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import type { DaemonReport } from '../../src/report/types.ts';
import { launchChromium } from '../support/chromium.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { describeWithTools } from '../support/tools.ts';
import { away, fleet } from '../unit/report/fleet.ts';
import { manyClients, NOW, sampleClient, sampleReport } from '../unit/metrics/sample-report.ts';

const REPORTS: Readonly<Record<string, DaemonReport>> = {
  'no client': sampleReport({ clients: [], refused: [] }),
  'one client': sampleReport({ clients: [sampleClient()], refused: [] }),
  'four clients': sampleReport(),
  '100 clients': sampleReport({ clients: manyClients(100) }),
  '60 clients': sampleReport({ ...fleet(60) }),
  '60 clients without a disk': sampleReport({ ...fleet(60, away) }),
};

const WIDTHS = [375, 1440];
const SCHEMES = ['light', 'dark'] as const;

const CASES = Object.keys(REPORTS).flatMap((name) =>
  WIDTHS.flatMap((width) => SCHEMES.map((colorScheme) => ({ name, width, colorScheme }))),
);

type Look = (typeof CASES)[number];

describeWithTools(['chromium'], 'the page in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  async function open(
    { name, width, colorScheme }: Look,
    path = '',
  ): Promise<{ page: Page; errors: string[] }> {
    const report = () => REPORTS[name] ?? sampleReport();
    const app = createApp({ report, scrape: createMetrics({ report }).scrape, now: () => NOW });
    const server = await startServer(app, { host: '127.0.0.1', port: 0 });
    onCleanUp(() => server.close());
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    onCleanUp(() => page.close());
    const errors: string[] = [];
    page.on('console', (message) => errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${server.url}${path}`);
    await keepScreenshot(page, `${name}-${path.replaceAll('/', '-')}${width}-${colorScheme}`);
    return { page, errors };
  }

  test.each(CASES)('$name at $width pixels, $colorScheme, fits and is quiet', async (look) => {
    const { page, errors } = await open(look);
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect({ errors, overflow }).toEqual({ errors: [], overflow: 0 });
    expect(await page.evaluate(LOW_CONTRAST)).toEqual([]);
  });

  test.each(WIDTHS)('what matters can be seen at %d pixels', async (width) => {
    const { page } = await open({ name: 'four clients', width, colorScheme: 'light' });
    for (const text of [
      '2 of 5 clients need attention',
      'is the disk mounted?',
      'first copy',
      '40 %',
      'backup-syncd backend init db nas',
      'unprotected for 2h',
    ]) {
      expect(await page.getByText(text).first().isVisible()).toBe(true);
    }
    expect(await page.locator('tbody').first().getAttribute('id')).toBe('client-db');
  });

  test('is a table on a desk and cards on a phone', async () => {
    const { page } = await open({ name: 'four clients', width: 1440, colorScheme: 'light' });
    const display = () =>
      page.evaluate<string>('getComputedStyle(document.querySelector("tbody")).display');
    expect(await display()).toBe('table-row-group');
    await page.setViewportSize({ width: 375, height: 800 });
    expect(await display()).toBe('block');
  });

  test.each(WIDTHS.flatMap((width) => SCHEMES.map((colorScheme) => ({ width, colorScheme }))))(
    'the page of a client at $width pixels, $colorScheme, fits and is quiet',
    async (look) => {
      const { page, errors } = await open({ name: 'four clients', ...look }, 'clients/db');
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect({ errors, overflow }).toEqual({ errors: [], overflow: 0 });
      expect(await page.evaluate(LOW_CONTRAST)).toEqual([]);
      for (const text of ['blocked: not initialised', 'In this state for', '2 stale keys'])
        expect(await page.getByText(text).first().isVisible()).toBe(true);
    },
  );

  test.each([
    ['60 clients', 2_700],
    ['60 clients without a disk', 3_300],
  ])('%s: less than %d pixels on a phone', async (name, most) => {
    const { page } = await open({ name, width: 390, colorScheme: 'light' });
    expect(await page.evaluate<number>('document.documentElement.scrollHeight')).toBeLessThan(most);
  });

  test('on a phone, a problem shown by cause is not repeated for each client', async () => {
    const look = { name: '60 clients without a disk', colorScheme: 'light' } as const;
    const { page } = await open({ ...look, width: 375 });
    const cell = page.getByText('not mounted', { exact: true }).first();
    expect(await cell.isVisible()).toBe(false);
    expect(await page.getByText('usb is not mounted:').first().isVisible()).toBe(true);
    await page.setViewportSize({ width: 1440, height: 800 });
    expect(await cell.isVisible()).toBe(true);
  });

  test('the filter is a plain form, and states and names are links', async () => {
    const { page } = await open({ name: '60 clients', width: 1440, colorScheme: 'light' });
    await page.getByRole('searchbox').fill('-07');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL('**/?name=-07');
    expect(await page.locator('tbody').count()).toBe(1);
    await page.getByText('60 ok').click();
    await page.waitForURL('**/?state=ok&name=-07');
    await page.getByRole('link', { name: 'host-07' }).click();
    await page.waitForURL('**/clients/host-07');
    expect(await page.locator('h1').innerText()).toBe('host-07');
  });

  test('works without scripts', async () => {
    const report = () => sampleReport();
    const app = createApp({ report, scrape: createMetrics({ report }).scrape, now: () => NOW });
    const server = await startServer(app, { host: '127.0.0.1', port: 0 });
    onCleanUp(() => server.close());
    const context = await browser.newContext({ javaScriptEnabled: false });
    onCleanUp(() => context.close());
    const page = await context.newPage();
    await page.goto(server.url);
    expect(await page.getByText('blocked: not initialised').isVisible()).toBe(true);
  });
});

/** For a person to review: set SCREENSHOTS to a directory. */
async function keepScreenshot(page: Page, name: string): Promise<void> {
  const directory = process.env['SCREENSHOTS'];
  if (directory === undefined) return;
  const path = join(directory, `${name.replaceAll(' ', '-')}.png`);
  await page.screenshot({ path, fullPage: !name.startsWith('100') });
}

/** Texts whose contrast to their background is below 4.5 (WCAG AA), run in the page. */
const LOW_CONTRAST = `(() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = parse(colour).map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((parse(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const low = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText) continue;
    const [a, b] = [getComputedStyle(element).color, behind(element)].map(luminance);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) low.add(element.className + ' ' + element.textContent.trim() + ' ' + contrast);
  }
  return [...low];
})()`;

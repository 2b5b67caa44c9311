import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createApp } from '../../src/http/app.ts';
import { startServer } from '../../src/http/server.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import type { BackendState, ClientReport } from '../../src/report/types.ts';
import { launchChromium } from '../support/chromium.ts';
import { onCleanUp } from '../support/clean-up.ts';
import { describeWithTools } from '../support/tools.ts';
import { NOW, sampleBackend, sampleClient, sampleReport } from '../unit/metrics/sample-report.ts';
import { assessed } from '../unit/report/fleet.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GIB = 2 ** 30;

describeWithTools(['chromium'], 'the picture of the page in README', () => {
  test.each([
    ['light', 'page.png'],
    ['dark', 'page-dark.png'],
  ] as const)('shows what its caption says, %s', async (colorScheme, file) => {
    const report = () =>
      sampleReport({
        clients: exampleClients(),
        refused: [],
        tools: TOOLS,
        nodeVersion: 'v24.11.0',
      });
    const app = createApp({ report, scrape: createMetrics({ report }).scrape, now: () => NOW });
    const server = await startServer(app, { host: '127.0.0.1', port: 0 });
    onCleanUp(() => server.close());
    const browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 1500, height: 600 }, colorScheme });
    await page.goto(server.url);
    for (const text of ['2 of 5 clients need attention', 'usb is not mounted:', 'copying'])
      expect(await page.getByText(text).first().isVisible()).toBe(true);
    expect(await page.locator('tbody').count()).toBe(5);

    const directory = process.env['SCREENSHOTS'];
    if (directory !== undefined)
      await page.screenshot({ path: join(directory, file), fullPage: true });
  });
});

const TOOLS = { restic: '0.19.0', rclone: '1.75.0' };

/** Five clients with three backends each: a disk is away, which concerns two of them, and one has much to send. */
function exampleClients(): ClientReport[] {
  return [
    exampleClient('laptop', 2.4 * MINUTE, { usb: away('laptop') }),
    exampleClient('web', 3.1 * HOUR, { usb: away('web') }),
    exampleClient('db', 54 * MINUTE),
    exampleClient('git', 5.5 * HOUR, { offsite: copying() }),
    exampleClient('mail', 2.2 * HOUR),
  ];
}

function exampleClient(
  client: string,
  age: number,
  changes: Readonly<Record<string, Partial<BackendState>>> = {},
): ClientReport {
  const latestSnapshotAt = NOW - age;
  const sample = sampleClient();
  return assessed(
    sampleClient({
      client,
      source: { ...sample.source, location: `/backups/${client}`, latestSnapshotAt },
      backends: ['nas', 'offsite', 'usb'].map((backend) =>
        sampleBackend({ backend, latestSnapshotAt, ...changes[backend] }),
      ),
    }),
  );
}

function away(client: string): Partial<BackendState> {
  return {
    state: 'blocked',
    reason: 'not_initialised',
    isNotMounted: true,
    up: false,
    location: `/mnt/usb/${client}`,
    latestSnapshotAt: NOW - 26 * HOUR,
    message: 'it is not mounted',
    hint: `mount its disk; only if this is a new disk or a new place, run: backup-syncd backend init --new-disk ${client} usb`,
  };
}

function copying(): Partial<BackendState> {
  const owedSince = NOW - 5.5 * HOUR;
  return {
    state: 'syncing',
    latestSnapshotAt: NOW - 29 * HOUR,
    lagMs: NOW - owedSince,
    missing: [{ id: 'a'.repeat(64), owedSince }],
    pendingObjects: 490,
    pendingBytes: 7 * GIB,
    progress: {
      phase: 'data',
      startedAt: NOW - HOUR,
      updatedAt: NOW - 2000,
      objects: 310,
      totalObjects: 800,
      bytes: 5 * GIB,
      totalBytes: 12 * GIB,
    },
  };
}

import { join } from 'node:path';
import { launchChromium } from '../../support/chromium.ts';
import type { Site } from './site.ts';

/** Stops at which docs/trust.md shows the page. */
const SHOWN = [
  'source-away',
  'disk-unmounted',
  'disk-full',
  'client-file-broken',
  're-initialised',
];

const WIDTHS = { desktop: 960, phone: 390 };

/** The page at this stop, for the documents: set SCREENSHOTS to a directory. Needs 'chromium' then. */
export async function takePictures(site: Site, stop: string): Promise<void> {
  const directory = process.env['SCREENSHOTS'];
  if (directory === undefined || !SHOWN.includes(stop)) return;
  const browser = await launchChromium();
  for (const [name, width] of Object.entries(WIDTHS)) {
    const page = await browser.newPage({ viewport: { width, height: 480 }, colorScheme: 'light' });
    await page.route('**/*', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replaceAll(site.root, '');
      await route.fulfill({ response, body });
    });
    await page.goto(site.daemon.url);
    await page.screenshot({ path: join(directory, `trust-${stop}-${name}.png`), fullPage: true });
    await page.close();
  }
  await browser.close();
}

import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { onCleanUp } from './clean-up.ts';
import { temporaryDirectory } from './temp.ts';
import { tool, toolDirectory, toolEnvironment } from './tools.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless Chromium with an empty profile, closed when the test is over; needs 'chromium'. */
export async function launchChromium(): Promise<Browser> {
  const home = temporaryDirectory();
  const browser = await chromium.launch({
    executablePath: tool('chromium'),
    headless: true,
    args: flags,
    env: {
      ...process.env,
      ...toolEnvironment('chromium'),
      HOME: home,
      XDG_CACHE_HOME: join(home, 'cache'),
      FONTCONFIG_FILE: join(toolDirectory('chromium'), 'fonts.conf'),
    },
  });
  onCleanUp(() => browser.close());
  return browser;
}

/** Opens the page in Debian's Chromium and keeps a record of what must not happen: console errors, foreign requests, blocked content. */
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../collector/dashboard/package.json', import.meta.url));
const { chromium } = require('playwright-core');

export const results = fileURLToPath(new URL('../results', import.meta.url));

const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-default-apps', '--disable-domain-reliability', '--no-first-run', '--no-pings', '--metrics-recording-only', '--font-render-hinting=none',
];

export async function openBrowser() {
  return chromium.launch({ executablePath: process.env.EDGEDCIM_CHROMIUM ?? '/usr/bin/chromium', args: flags });
}

/** A page in a context of its own, with `faults`, the list of everything that should not have happened. */
export async function openPage(browser, url, { width = 1920, height = 1080, locale = 'en-GB', colorScheme = 'dark', path = '/' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale, colorScheme, timezoneId: 'America/New_York' });
  const page = await context.newPage();
  const faults = [];
  const origin = new URL(url).origin;
  page.on('console', (message) => {
    // A refused or cut request is logged by the browser itself; the tests that cut connections expect it.
    if (['error', 'warning'].includes(message.type()) && !/Failed to load resource|net::ERR_/.test(message.text())) {
      faults.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) {
      faults.push(`request to another origin: ${request.url()}`);
    }
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
  });
  await page.goto(new URL(path, url).href);
  return { page, faults, close: () => context.close() };
}

export async function shoot(page, name) {
  mkdirSync(results, { recursive: true });
  const path = `${results}/${name}.png`;
  await page.screenshot({ path });
  return path;
}

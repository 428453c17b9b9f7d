/**
 * Takes the pictures that a person should look at after a change of the page: tests/results/page-*.png.
 *
 *   node tests/dashboard/shots.mjs [name …]
 */
import { openBrowser, openPage, shoot } from './browser.mjs';
import { startStub } from './stub.mjs';

const settle = (page) => page.waitForFunction(() => document.querySelectorAll('.strip canvas').length >= 3 && document.querySelectorAll('.spark path').length > 0);

const shots = [
  { name: 'dark-1080p' },
  { name: 'light-1080p', colorScheme: 'light' },
  { name: 'zh-1080p', locale: 'zh-CN' },
  { name: 'laptop', width: 1440, height: 900 },
  { name: 'laptop-full', width: 1366, height: 768, full: true },
  { name: 'phone', width: 390, height: 844 },
  { name: 'phone-full', width: 390, height: 844, full: true, locale: 'zh-CN', colorScheme: 'light' },
  { name: 'wall-4k', width: 3840, height: 2160 },
  { name: 'problems', scenario: 'offline-device' },
  { name: 'stale-device', scenario: 'stale-device', colorScheme: 'light' },
  { name: 'pue-null', scenario: 'pue-null' },
  { name: 'agent-offline', scenario: 'agent-offline' },
  { name: 'alarm', scenario: 'alarm' },
  { name: 'alarm-light-zh', scenario: 'alarm', colorScheme: 'light', locale: 'zh-CN' },
  { name: 'alarm-phone', scenario: 'alarm', width: 390, height: 844 },
  { name: 'alarm-open', scenario: 'alarm', act: (page) => page.click('[data-test=alarm-aa0000000001]') },
  { name: 'alarm-open-phone', scenario: 'alarm', width: 390, height: 844, locale: 'zh-CN', act: (page) => page.click('[data-test=alarm-aa0000000001]') },
  { name: 'alarm-laptop', scenario: 'alarm', width: 1440, height: 900 },
  { name: 'alarm-wall', scenario: 'alarm', width: 3840, height: 2160 },
  { name: 'flood', scenario: 'flood' },
  { name: 'flood-phone', scenario: 'flood', width: 390, height: 844, colorScheme: 'light' },
  { name: 'explain', act: (page) => page.click('[data-test=pue-value]') },
  { name: 'explain-device', act: (page) => page.click('[data-test=unit-cdu-1] .unit-name') },
  { name: 'help', act: (page) => page.keyboard.press('?') },
  { name: 'no-data', scenario: 'no-data', bare: true },
  { name: 'forbidden', scenario: 'forbidden', bare: true },
  { name: 'stale-page', after: 'silent' },
];

const wanted = process.argv.slice(2);
const browser = await openBrowser();
try {
  for (const shot of shots.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const stub = await startStub({ scenario: shot.scenario ?? 'normal' });
    const { page, faults, close } = await openPage(browser, stub.url, shot);
    if (shot.bare) {
      await page.waitForSelector('.notice');
    } else {
      await page.waitForSelector('[data-test=figure-pue]');
      await settle(page).catch(() => {});
    }
    await shot.act?.(page);
    if (shot.after) {
      stub.set({ scenario: shot.after });
      await page.waitForSelector('[data-test=stale-word]', { timeout: 30_000 });
    }
    if (shot.full) {
      await page.setViewportSize({ width: shot.width, height: await page.evaluate(() => document.documentElement.scrollHeight) });
    }
    process.stdout.write(`${await shoot(page, `page-${shot.name}`)}${faults.length ? ` ${JSON.stringify(faults)}` : ''}\n`);
    await close();
    await stub.stop();
  }
} finally {
  await browser.close();
}

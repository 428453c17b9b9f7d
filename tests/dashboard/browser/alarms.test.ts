import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from '../browser.mjs';
import { startStub } from '../stub.mjs';

let browser: Browser;
let stub: Awaited<ReturnType<typeof startStub>>;
const open: { faults: string[]; close: () => Promise<void> }[] = [];

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
});

afterEach(async () => {
  const faults = open.flatMap((one) => one.faults);
  await Promise.all(open.splice(0).map((one) => one.close()));
  await stub?.stop();
  expect(faults).toEqual([]);
});

async function show(scenario: string, options: object = {}): Promise<Page> {
  stub = await startStub({ scenario });
  const opened = await openPage(browser, stub.url, options);
  open.push(opened);
  await opened.page.waitForSelector('[data-test=figure-pue]');
  return opened.page as Page;
}

const posts = (): { what: string; user: string; reason?: string; for?: string }[] => stub.posts;

async function until(what: () => boolean): Promise<void> {
  await expect.poll(what, { timeout: 10_000 }).toBe(true);
}

it('lists alarms with the leak on top, says why, and takes no room while there are none', async () => {
  const page = await show('alarm');
  const rows = page.locator('[data-test=alarms] tbody tr');
  expect(await rows.count()).toBe(3);
  const first = await rows.first().innerText();
  for (const words of ['Critical', 'Leak', 'cdu-1', '2.1 L/h missing', 'not acknowledged', 'Acknowledge']) {
    expect(first).toContain(words);
  }
  expect(await page.locator('[data-test=verdict]').innerText()).toBe('1 alarm of high priority');
  expect(await page.locator('[data-test=unit-cdu-1] .unit-state').innerText()).toBe('Leak');
  await page.click('[data-test=alarms-suppressed]');
  expect(await rows.first().innerText()).toContain('Supply temperature');
  stub.set({ scenario: 'normal' });
  await page.waitForSelector('[data-test=alarms]', { state: 'detached' });
});

it('acknowledges with the key a once it knows who is there, and shelves with a reason', async () => {
  const page = await show('alarm');
  await page.keyboard.press('a');
  await page.waitForSelector('[data-test=act]');
  expect(posts()).toEqual([]);
  await page.fill('#alarm-user', 'ann');
  await page.keyboard.press('Enter');
  await until(() => posts().length === 1);
  expect(posts()[0]).toMatchObject({ id: 'aa0000000001', what: 'acknowledge', user: 'ann' });
  await page.click('[data-test=act-shelve]');
  expect(await page.locator('[role=alert]').innerText()).toBe('Write a reason.');
  await page.fill('#alarm-reason', 'tray is being dried');
  await page.selectOption('.act-shelve select', '8h');
  await page.click('[data-test=act-shelve]');
  await until(() => posts().length === 2);
  expect(posts()[1]).toMatchObject({ what: 'shelve', reason: 'tray is being dried', for: '8h' });
  await page.waitForSelector('[data-test=act-unshelve]');
  await page.keyboard.press('Escape');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('a');
  await until(() => posts().length === 3);
  expect(posts()[2]).toMatchObject({ id: 'aa0000000002', what: 'acknowledge', user: 'ann' });
});

it('asks for a token when the collector wants one, and opens the alarm that the address names', async () => {
  const page = await show('alarm', { path: '/#alarm=aa0000000002' });
  expect(await page.locator('[data-test=alarm-text]').innerText()).toContain('load 93 %');
  await page.fill('#alarm-user', 'stranger');
  await page.click('[data-test=act-acknowledge]');
  await page.fill('#alarm-token', '0123456789abcdef');
  await page.click('[data-test=act-acknowledge]');
  await until(() => posts().length === 2);
  await page.waitForSelector('[data-test=act-acknowledge]', { state: 'detached' });
  await page.click('[data-test=explain-close]');
  expect(new URL(page.url()).hash).toBe('');
});

it('stays usable in a flood of five hundred and keeps the leak on top', async () => {
  const page = await show('flood');
  await page.waitForSelector('[data-test=flood]');
  const rows = page.locator('[data-test=alarms] tbody tr');
  expect(await rows.first().innerText()).toContain('Leak');
  expect(await rows.count()).toBeLessThan(12);
  expect(await page.locator('[data-test=flood-others]').innerText()).toMatch(/Overload: \d+ more/);
  await page.click('[data-test=flood] button');
  await expect.poll(() => rows.count()).toBe(503);
  const busy = await page.evaluate(async () => {
    let longest = 0;
    let last = performance.now();
    for (let frame = 0; frame < 120; frame++) {
      await new Promise(requestAnimationFrame);
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }
    return longest;
  });
  expect(busy).toBeLessThan(2_000);
  await rows.first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-test=alarm-text]');
});

it('says a new alarm once to a screen reader', async () => {
  const page = await show('normal');
  expect(await page.locator('[data-test=announced]').innerText()).toBe('');
  stub.set({ scenario: 'alarm' });
  await expect.poll(() => page.locator('[data-test=announced]').innerText()).toBe('Critical: Leak, cdu-1, secondary');
  expect(await page.locator('[aria-live]').count()).toBe(1);
});

it('sends a test to whoever is told of alarms', async () => {
  const page = await show('normal');
  await page.keyboard.press('?');
  await page.click('[data-test=channels] button');
  await expect.poll(() => page.locator('[data-test=channels]').innerText()).toContain('taken by the receiver');
});

it('speaks Chinese', async () => {
  const page = await show('alarm', { locale: 'zh-CN' });
  const text = await page.locator('[data-test=alarms]').innerText();
  for (const words of ['漏液', '检测到漏液', '紧急', '未确认', '过载', '数据缺失']) {
    expect(text).toContain(words);
  }
});

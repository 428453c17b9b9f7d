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

/** No test may end with a console error, a blocked resource, an exception or a request to another origin. */
afterEach(async () => {
  const faults = open.flatMap((one) => one.faults);
  await Promise.all(open.splice(0).map((one) => one.close()));
  await stub?.stop();
  expect(faults).toEqual([]);
});

async function show(scenario = 'normal', options: object = {}, wait = '[data-test=figure-pue]'): Promise<Page> {
  stub = await startStub({ scenario });
  const opened = await openPage(browser, stub.url, options);
  open.push(opened);
  const page = opened.page as Page;
  await page.waitForSelector(wait);
  return page;
}

const figure = (page: Page, name = 'pue'): Promise<string> => page.locator(`[data-test=figure-${name}] .huge`).innerText();
/** Waits for what a function says in the page; the page's policy forbids to evaluate text. */
const until = async <T>(page: Page, what: (argument: T) => boolean, argument: T): Promise<void> => {
  await page.waitForFunction(what as (argument: unknown) => boolean, argument, { timeout: 30_000 });
};

it('shows PUE and WUE with uncertainty, category, coverage and yesterday', async () => {
  const page = await show();
  expect(await figure(page)).toMatch(/^1\.\d{3}$/);
  expect(await figure(page, 'wue')).toMatch(/^0\.\d{3}$/);
  const text = await page.locator('[data-test=figure-pue]').innerText();
  for (const word of ['± 0.009', 'Category', 'Coverage', '100 %', 'Yesterday', '1.237', '15 min']) {
    expect(text).toContain(word);
  }
});

it('says which of two collectors shows the page and who notifies, and nothing of it where there is but one', async () => {
  const page = await show('twins');
  expect(await page.locator('[data-test=collector]').innerText()).toContain('edgedcim-a stands by, edgedcim-b notifies');
  await page.locator('[data-test=language-zh-CN]').click();
  expect(await page.locator('[data-test=collector]').innerText()).toContain('edgedcim-a 待命，edgedcim-b 发送通知');
  await stub.stop();
  expect(await (await show()).locator('[data-test=collector]').count()).toBe(0);
});

it('shows the flow, the parts of PUE, the trend with its gap, the equipment and every device', async () => {
  const page = await show();
  await until(page, (sparks) => document.querySelectorAll('.strip canvas').length >= 4 && document.querySelectorAll('.spark path[d^=M]').length >= sparks, 6);
  expect(await page.locator('[data-test=sankey] .flow-links path').count()).toBeGreaterThan(15);
  expect(await page.locator('[data-test=pue-parts] .part').count()).toBe(3);
  expect(await page.locator('.unit-row').count()).toBe(6);
  expect(await page.locator('[data-test=unit-ups-b]').innerText()).toContain('ECO');
  expect(await page.locator('[data-test^=device-]').count()).toBe(20);
  expect(await page.locator('.unit-row .spark path').first().getAttribute('d')).toMatch(/M.*M/);
});

it('follows the live feed without being asked', async () => {
  const page = await show();
  const before = await figure(page);
  stub.set({ load: '1.4' });
  await until(page, (text) => document.querySelector('[data-test=figure-pue] .huge')?.textContent !== text, before);
  expect(Number(await figure(page))).toBeLessThan(Number(before));
  expect(await page.title()).toContain('PUE 1.');
});

it('marks everything stale when the collector says nothing, and lets ages grow', async () => {
  const page = await show();
  stub.set({ scenario: 'silent' });
  await page.waitForSelector('[data-test=band]', { timeout: 15_000 });
  expect(await page.locator('[data-test=band]').innerText()).toMatch(/Nothing heard since \d\d:\d\d:\d\d/);
  await page.waitForSelector('[data-test=stale-word]', { timeout: 15_000 });
  expect(await page.locator('[data-test^=device-][data-state=online]').count()).toBe(0);
  expect(await page.locator('[data-test=verdict]').innerText()).toBe('No word from the collector');
  expect(await page.title()).toContain('PUE –');
  const age = (): Promise<number> => page.evaluate(() => Number.parseInt(document.querySelector('[data-test=device-main] .age')!.textContent!, 10));
  const before = await age();
  await until(page, (least) => Number.parseInt(document.querySelector('[data-test=device-main] .age')?.textContent ?? '', 10) >= least, before + 2);
});

it('comes back by itself after the collector was gone, with no value left stale', async () => {
  const page = await show();
  stub.set({ scenario: 'drop' });
  await page.waitForSelector('[data-test=band]');
  stub.set({ scenario: 'normal' });
  await page.waitForSelector('[data-test=band]', { state: 'detached', timeout: 30_000 });
  expect(await page.locator('[data-stale]').count()).toBe(0);
});

it('tries again at once when a person asks', async () => {
  const page = await show();
  stub.set({ scenario: 'drop' });
  await page.waitForSelector('[data-test=band]');
  await page.waitForTimeout(4_000);
  stub.set({ scenario: 'normal' });
  await page.click('[data-test=band] button');
  await page.waitForSelector('[data-test=band]', { state: 'detached', timeout: 3_000 });
});

it('marks one stale device and puts it first', async () => {
  const page = await show('stale-device');
  const first = page.locator('.devices tbody tr').first();
  expect(await first.getAttribute('data-test')).toBe('device-pdu-b2');
  expect(await first.innerText()).toContain('stale');
  expect(await page.locator('[data-test=figure-pue]').innerText()).toContain('estimated');
  expect(await page.locator('[data-test=verdict]').innerText()).toBe('1 device is stale');
});

it('is loud about a device that is offline', async () => {
  const page = await show('offline-device');
  expect(await page.locator('.truth').getAttribute('data-mark')).toBe('alarm');
  expect(await page.locator('[data-test=verdict]').innerText()).toBe('1 device does not answer');
  expect(await page.locator('[data-test=device-pdu-b2] .mark-alarm').count()).toBe(1);
  expect(await page.locator('[data-test=device-cdu-2] .mark-advisory').count()).toBe(1);
});

it('shows a dash and the reason when PUE is not known, never the last value', async () => {
  const page = await show('normal');
  expect(await figure(page)).toMatch(/^1\./);
  stub.set({ scenario: 'pue-null' });
  await page.waitForSelector('[data-test=pue-reason]');
  expect(await figure(page)).toBe('–');
  expect(await page.locator('[data-test=pue-reason]').innerText()).toBe('Meter pdu-b2 silent for 42 s');
  expect(await page.locator('[data-test=flow-unknown]').innerText()).toContain('pdu-b2');
  expect(await page.locator('[data-test=strip-pue] .strip-value').innerText()).toBe('–');
});

it('names the agent that is offline and greys what it told', async () => {
  const page = await show('agent-offline');
  expect(await page.locator('[data-test=verdict]').innerText()).toBe('1 agent is offline');
  expect(await figure(page)).toBe('–');
  expect(await page.locator('[data-test=unit-ups-a] .num[data-stale]').count()).toBeGreaterThan(0);
});

it('speaks Chinese to a Chinese browser, everywhere', async () => {
  const page = await show('pue-null', { locale: 'zh-CN' });
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  expect(await page.locator('[data-test=pue-reason]').innerText()).toContain('计量点 pdu-b2');
  const text = await page.locator('#app').innerText();
  for (const word of ['电力去向', '最近一小时', '供电与制冷设备', '设备', '在线']) {
    expect(text).toContain(word);
  }
  expect(text.match(/\b(online|Quality|Cooling|Devices|since|good)\b/)).toBeNull();
});

it('switches language and scheme, and remembers both', async () => {
  const page = await show();
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body.parentElement!).backgroundColor);
  const dark = await ground();
  await page.click('[data-test=scheme]');
  await page.click('[data-test="language-zh-CN"]');
  expect(await ground()).not.toBe(dark);
  expect(await page.locator('#flow-title').innerText()).toContain('电力去向');
  await page.reload();
  await page.waitForSelector('[data-test=figure-pue]');
  expect(await page.locator('html').getAttribute('data-scheme')).toBe('light');
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
});

it('follows the system\'s scheme until a person chooses', async () => {
  const page = await show('normal', { colorScheme: 'light' });
  expect(await page.locator('html').getAttribute('data-scheme')).toBe('light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await until(page, (scheme) => document.documentElement.dataset['scheme'] === scheme, 'dark');
});

it('shows the site\'s time with its offset, not the reader\'s', async () => {
  const page = await show();
  const shown = await page.locator('.clock').innerText();
  expect(shown).toMatch(/\+0[12]:00/);
  const amsterdam = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Amsterdam', hour: '2-digit', hourCycle: 'h23' }).format(new Date());
  expect(shown).toContain(`${amsterdam}:`);
});

it('explains PUE: formula, inputs with meter, age and quality, coverage, uncertainty, revision', async () => {
  const page = await show();
  await page.click('[data-test=pue-value]');
  const panel = page.locator('[data-test=explain]');
  const text = await panel.innerText();
  for (const word of ['total power ÷ IT power', 'Uncertainty', '± 0.009', 'Coverage', 'Revision', 'IT load metered at the PDU output', 'main/power.active']) {
    expect(text).toContain(word);
  }
  expect(await page.locator('[data-test=explain-inputs] tbody tr').count()).toBe(12);
  await page.keyboard.press('Escape');
  expect(await panel.count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-test'))).toBe('pue-value');
});

it('lists every reading of a device, not only its vitals', async () => {
  const page = await show();
  await page.click('[data-test=unit-cdu-1] .unit-name');
  await until(page, (label) => document.querySelector('[data-test=explain]')?.textContent?.includes(label) ?? false, 'Poll time');
  expect(await page.locator('[data-test=explain] .inputs tbody tr').count()).toBe(7);
});

it('says why a reading is suspect', async () => {
  const page = await show('offline-device');
  await page.click('[data-test=unit-cdu-2] .unit-name');
  expect(await page.locator('[data-test=explain] [data-test=why-suspect]').innerText()).toBe('8900 W does not go with 230 V × 4.3 A = 989 VA');
});

it('explains every clickable number without failing', async () => {
  const page = await show('offline-device');
  await page.waitForSelector('.flow-node');
  const targets = page.locator('main button.num, main .unit-name, main .flow-node[tabindex="0"], main .part, .devices tbody tr');
  const count = await targets.count();
  expect(count).toBeGreaterThan(70);
  for (let index = 0; index < count; index++) {
    await targets.nth(index).dispatchEvent('click');
    await page.waitForSelector('[data-test=explain] #explain-title');
  }
});

it('works from the keyboard: search, arrows, chords, help', async () => {
  const page = await show();
  await page.keyboard.press('/');
  await page.keyboard.type('pdu');
  await until(page, (count) => document.querySelectorAll('[data-test^="device-"]').length === count, 6);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-test'))).toBe('device-pdu-a2');
  await page.keyboard.press('Enter');
  expect(await page.locator('#explain-title').innerText()).toBe('pdu-a2');
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('trend');
  await page.keyboard.press('?');
  expect(await page.locator('[data-test=help]').count()).toBe(1);
  await page.keyboard.press('Escape');
  expect(await page.locator('[data-test=help]').count()).toBe(0);
});

it('gives every control a name and keeps the only live region for alarms', async () => {
  const page = await show('alarm');
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, [role=button]')]
    .filter((element) => !(element.getAttribute('aria-label') || element.textContent?.trim() || (element as HTMLInputElement).labels?.length)).map((element) => element.outerHTML.slice(0, 120)));
  expect(nameless).toEqual([]);
  const regions = await page.locator('[aria-live]').allInnerTexts();
  expect(regions).toEqual(['Critical: Leak, cdu-1, secondary']);
  expect(await page.evaluate(() => document.querySelectorAll('h1').length)).toBe(1);
});

it('says what to do next while there is no data, and fills in when it comes', async () => {
  const page = await show('no-data', {}, '[data-test=empty]');
  expect(await page.locator('[data-test=empty]').innerText()).toContain('edgedcim-agent run -c agent.yaml');
  stub.set({ scenario: 'normal' });
  await page.waitForSelector('[data-test=figure-pue]');
});

it('tells a refusal from an outage', async () => {
  const forbidden = await show('forbidden', {}, '[data-test=refused]');
  expect(await forbidden.locator('[data-test=refused]').innerText()).toContain('No permission');
  stub.set({ scenario: 'error' });
  await forbidden.click('[data-test=refused] button');
  await forbidden.waitForFunction(() => document.querySelector('[data-test=refused]')?.textContent?.includes('facility.yaml:12:3'));
  stub.set({ scenario: 'drop' });
  await forbidden.reload();
  await forbidden.waitForSelector('[data-test=unreachable]');
  stub.set({ scenario: 'normal' });
  await forbidden.waitForSelector('[data-test=figure-pue]', { timeout: 30_000 });
});

it.each([[1920, 1080], [1366, 768], [390, 844]])('fits %i × %i without scrolling sideways', async (width, height) => {
  for (const locale of ['en-GB', 'zh-CN']) {
    const page = await show('offline-device', { width, height, locale });
    await page.waitForSelector('.flow-node');
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(beyond, locale).toBeLessThanOrEqual(0);
    if (width === 1920) {
      expect(await page.evaluate(() => document.documentElement.scrollHeight - document.documentElement.clientHeight)).toBeLessThanOrEqual(0);
    }
    await stub.stop();
  }
});

it('stays fluent with five hundred devices more', async () => {
  const page = await show();
  stub.set({ many: '500' });
  await until(page, (count) => document.querySelector('.devices-count')?.textContent?.includes(count) ?? false, '520');
  expect(await page.locator('[data-test^=device-]').count()).toBe(200);
  const blocked = await page.evaluate(() => new Promise<number>((resolve) => {
    let longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { longest = Math.max(longest, entry.duration); })).observe({ entryTypes: ['longtask'] });
    setTimeout(() => resolve(longest), 5_000);
  }));
  expect(blocked).toBeLessThan(1_000);
});

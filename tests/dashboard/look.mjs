/**
 * Looks at a running page in a real browser, as a person would, and says what it shows. It works with the stub and with a real collector.
 *
 *   EDGEDCIM_PAGE_URL=http://127.0.0.1:8080 node tests/dashboard/look.mjs [--expect WHAT]… [--within SECONDS] [--shot NAME]
 *                                                                        [--scheme dark|light] [--language en|zh-CN] [--size 1920x1080]
 *
 * Prints the line `ready` once the page has values, so that whoever started it can change the world then; waits for every
 * expectation in turn; ends with one line of JSON and code 0, or with code 1 and the reason on stderr.
 *
 *   pue             PUE is a number                    change       PUE is another number than at `ready`
 *   pue=1.2..1.5    PUE is a number between the two    dash         PUE is a dash and a reason is given
 *   wue, wue=a..b   the same for WUE                   stale        something is marked stale or offline
 *   devices=18      so many devices are online         live         nothing is stale and no band is shown
 */
import { openBrowser, openPage, shoot } from './browser.mjs';

const url = process.env.EDGEDCIM_PAGE_URL;
if (!url) {
  process.stderr.write('EDGEDCIM_PAGE_URL is not set; give the address of a running collector, such as http://127.0.0.1:8080\n');
  process.exit(2);
}

const given = (name) => process.argv.flatMap((word, index) => (word === `--${name}` ? [process.argv[index + 1]] : []));
const [width, height] = (given('size')[0] ?? '1920x1080').split('x').map(Number);
const withinMs = Number(given('within')[0] ?? 60) * 1_000;

/** Runs in the page: everything that a person would read off it. */
function readPage() {
  const text = (selector) => document.querySelector(selector)?.textContent?.trim() ?? null;
  const number = (selector) => {
    const found = text(`${selector} .huge`);
    return found === null || found === '–' ? null : Number(found.replace(/[^\d.−-]/g, ''));
  };
  const rows = [...document.querySelectorAll('[data-test^="device-"]')];
  const states = {};
  rows.forEach((row) => { states[row.dataset.state] = (states[row.dataset.state] ?? 0) + 1; });
  return {
    site: text('.truth-site'),
    verdict: text('[data-test=verdict]'),
    pue: number('[data-test=figure-pue]'),
    pueReason: text('[data-test=pue-reason]'),
    wue: number('[data-test=figure-wue]'),
    wueReason: text('[data-test=wue-reason]'),
    devices: states,
    equipment: document.querySelectorAll('.unit-row').length,
    flow: document.querySelectorAll('.flow-links path').length,
    charts: document.querySelectorAll('.strip canvas').length,
    band: text('[data-test=band] p'),
    stale: document.querySelector('[data-test=stale-word]') !== null || 'stale' in states || 'offline' in states,
    title: document.title,
  };
}

function meets(expected, now, first) {
  const [what, argument] = expected.split('=');
  const between = (value) => value !== null && (!argument || (value >= Number(argument.split('..')[0]) && value <= Number(argument.split('..')[1])));
  switch (what) {
    case 'pue': return between(now.pue);
    case 'wue': return between(now.wue);
    case 'change': return now.pue !== null && first.pue !== null && now.pue !== first.pue;
    case 'dash': return now.pue === null && Boolean(now.pueReason);
    case 'devices': return (now.devices.online ?? 0) === Number(argument);
    case 'stale': return now.stale;
    case 'live': return !now.stale && now.band === null;
    default: throw new Error(`unknown expectation '${expected}'`);
  }
}

const browser = await openBrowser();
try {
  const language = given('language')[0] ?? 'en';
  const { page, faults } = await openPage(browser, url, { width, height, locale: language === 'en' ? 'en-GB' : language, colorScheme: given('scheme')[0] ?? 'dark' });
  await page.waitForSelector('[data-test=figure-pue]', { timeout: withinMs });
  const first = await page.evaluate(readPage);
  process.stdout.write('ready\n');
  let now = first;
  for (const expected of given('expect')) {
    const until = Date.now() + withinMs;
    while (!meets(expected, now, first)) {
      if (Date.now() > until) {
        throw new Error(`'${expected}' did not come within ${withinMs / 1_000} s; the page shows ${JSON.stringify(now)}`);
      }
      await page.waitForTimeout(250);
      now = await page.evaluate(readPage);
    }
  }
  const shots = [];
  for (const name of given('shot')) {
    shots.push(await shoot(page, name));
  }
  process.stdout.write(`${JSON.stringify({ ...now, shots, faults })}\n`);
  if (faults.length > 0) {
    throw new Error(`the browser reported ${faults.length} fault(s): ${faults.join('; ')}`);
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  await browser.close();
}

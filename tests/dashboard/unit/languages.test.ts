import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogues, fill, kindLabel, languageOf, metricLabel, partLabel, seriesLabel, stateWord, translate, wordlists, type Language, type Message } from '@dashboard/i18n';
import { reasonText } from '@dashboard/i18n/reasons';
import { modeCodes } from '@dashboard/model/modes';

const languages = Object.keys(catalogues) as Language[];
const placeholders = (message: Message): string[] =>
  [...new Set((typeof message === 'string' ? message : message.one + message.other).match(/\{\w+\}/g) ?? [])].sort();

/** The vocabulary, read with no more YAML than its one-line entries need. */
function vocabulary() {
  const text = readFileSync(new URL('../../../hardware-profiles/metrics.yaml', import.meta.url), 'utf8');
  const [metricsText, kindsText] = text.split(/^kinds:$/m) as [string, string];
  const entries = (part: string): [string, string][] => [...part.matchAll(/^ {2}([a-z_.]+): \{(.*)\}$/gm)].map((match) => [match[1]!, match[2]!]);
  const states = entries(metricsText).flatMap(([metric, body]) => {
    const list = /states: \{([^}]*)\}/.exec(body)?.[1];
    return list ? [{ metric, codes: Object.fromEntries(list.split(',').map((pair) => pair.split(':').map((side) => side.trim().replaceAll('"', ''))) as [string, string][]) }] : [];
  });
  return { metrics: entries(metricsText).map(([name]) => name), kinds: entries(kindsText).map(([name]) => name), states };
}

describe('the catalogues', () => {
  it.each(languages)('%s has every key, no empty text, and the same placeholders', (language) => {
    expect(Object.keys(catalogues[language]).sort()).toEqual(Object.keys(catalogues.en).sort());
    for (const [key, message] of Object.entries(catalogues[language])) {
      expect(placeholders(message), key).toEqual(placeholders(catalogues.en[key as keyof typeof catalogues.en]));
      expect((typeof message === 'string' ? message : message.other).trim(), key).not.toBe('');
    }
  });

  it.each(languages)('%s has the same words as the others', (language) => {
    for (const list of ['metrics', 'kinds', 'states', 'statesOf', 'parts'] as const) {
      expect(Object.keys(wordlists[language][list]).sort()).toEqual(Object.keys(wordlists.en[list]).sort());
    }
  });

  it('the Chinese is Chinese: no sentence was left in English', () => {
    const left = Object.entries(catalogues['zh-CN']).filter(([key, message]) => {
      const text = (typeof message === 'string' ? message : message.other).replace(/\{\w+\}/g, '');
      return /[a-z]{4,} [a-z]{2,}/i.test(text) && !key.startsWith('kpi.');
    });
    expect(left).toEqual([]);
  });
});

describe('the words follow the vocabulary', () => {
  const { metrics, kinds, states } = vocabulary();

  it('was read', () => {
    expect(metrics.length).toBeGreaterThan(150);
    expect(kinds).toContain('ups');
    expect(states.length).toBeGreaterThan(20);
  });

  it.each(languages)('%s names every metric, kind and state', (language) => {
    const words = wordlists[language];
    expect(metrics.filter((name) => !(name in words.metrics))).toEqual([]);
    expect(kinds.filter((name) => !(name in words.kinds))).toEqual([]);
    expect([...new Set(states.flatMap(({ codes }) => Object.values(codes)))].filter((word) => !(word in words.states))).toEqual([]);
  });

  it('the codes of the modes are those of the vocabulary', () => {
    for (const [metric, codes] of Object.entries(modeCodes)) {
      const known = states.find((state) => state.metric === metric)!.codes;
      expect(Object.fromEntries(Object.entries(codes).map(([code, word]) => [code, word]))).toEqual(known);
    }
  });
});

describe('saying things', () => {
  it('chooses the language of the browser among those there are', () => {
    expect(languageOf(['', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(languageOf(['de-DE', 'en-GB', 'zh'])).toBe('en');
    expect(languageOf(['fr'])).toBe('en');
  });

  it('counts as the language does', () => {
    expect(translate('en', 'truth.verdict.devices', { n: 1 })).toBe('1 device does not answer');
    expect(translate('en', 'truth.verdict.devices', { n: 3 })).toBe('3 devices do not answer');
    expect(translate('zh-CN', 'truth.verdict.devices', { n: 3 })).toBe('3 台设备无应答');
  });

  it('leaves an unknown placeholder to be seen, and a name with braces alone', () => {
    expect(fill('{a} and {b}', { a: '{b}' })).toBe('{b} and {b}');
  });

  it('labels series with their part in the order of the language', () => {
    expect(seriesLabel('en', 'temperature.supply', 'secondary')).toBe('Supply, secondary');
    expect(seriesLabel('zh-CN', 'temperature.supply', 'secondary')).toBe('二次侧供液温度');
    expect(seriesLabel('en', 'power.active.output', 'L1')).toBe('L1 Output power');
    expect(partLabel('en', 'pump/2')).toBe('pump 2');
    expect(stateWord('en', 'ups.mode', 'online')).toBe('double conversion');
    expect(stateWord('en', 'device.state', 'online')).toBe('online');
  });

  it('shows what it does not know by its own name', () => {
    expect(metricLabel('zh-CN', 'new.metric')).toBe('new.metric');
    expect(kindLabel('en', null)).toBe('');
  });
});

describe('reasonText', () => {
  it('translates the collector\'s clauses and carries names and durations over', () => {
    expect(reasonText('zh-CN', 'meter pdu-b2 silent for 42 s')).toBe('计量点 pdu-b2 已 42 秒 无数据');
    expect(reasonText('zh-CN', 'meter a silent for 2 min; and 3 more')).toBe('计量点 a 已 2 分钟 无数据；另有 3 项');
    expect(reasonText('zh-CN', 'window has 12 min of 1 h: meter x covers 12 min')).toBe('该时段 1 小时 中只有 12 分钟 的数据：计量点 x 覆盖 12 分钟');
    expect(reasonText('zh-CN', 'the IT meters show 0 W: without IT load there is no PUE')).toBe('IT 计量点显示 0 W：没有 IT 负载就没有 PUE');
    expect(reasonText('zh-CN', '2 of its 3 lines are wrong: 8900 W does not go with 230 V × 4.3 A = 989 VA')).toBe('3 相中有 2 相有误：8900 W 与 230 V × 4.3 A = 989 VA 不符');
    expect(reasonText('zh-CN', '270 Cel is no temperature of such a place; is it in tenths, or in degrees Fahrenheit?')).toBe('270 °C 不可能是该处的温度；单位是十分之一度，还是华氏度？');
  });

  it('shows a clause that nobody has translated as it came', () => {
    expect(reasonText('zh-CN', 'the moon is full; meter a silent for 5 s')).toBe('the moon is full；计量点 a 已 5 秒 无数据');
  });

  it('begins an English sentence with a capital', () => {
    expect(reasonText('en', 'meter a silent for 5 s')).toBe('Meter a silent for 5 s');
  });
});

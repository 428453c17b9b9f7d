import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alarmText, causeLabel, texts } from '@dashboard/i18n/alarms';
import { collapse, urgentFirst } from '@dashboard/model/alarms';
import type { Alarm } from '@dashboard/types';

const rules = readFileSync(new URL('../../../collector/server/Alarms/default-rules.yaml', import.meta.url), 'utf8');
const alarm = (id: string, more: Partial<Alarm> = {}): Alarm => ({
  id, device: id, part: null, cause: 'overload', class: 'power', priority: 'medium', state: 'active_unacknowledged', text: '', evidence: '', confidence: null, safety: false, unknown: false,
  raised: '', changed: '', cleared: null, acknowledged: null, acknowledgedBy: null, shelf: null, suppressedBy: null, outOfService: null, comment: null, times: 1, cascade: '2026', order: 1, sources: [], ...more,
});

describe('the built-in rules', () => {
  it('have a text in Chinese and a name for every cause', () => {
    const written = [...rules.matchAll(/text: "([^"]+)"/g)].map((match) => match[1]!);
    expect(written.length).toBeGreaterThan(40);
    expect(written.filter((text) => !(text in texts['zh-CN']))).toEqual([]);
    const causes = [...rules.matchAll(/cause: ([a-z_]+)/g)].map((match) => match[1]!);
    expect(causes.filter((cause) => causeLabel('zh-CN', cause) === cause.replaceAll('_', ' '))).toEqual([]);
  });

  it('carry values, parts and devices over, and do without a part', () => {
    expect(alarmText('zh-CN', 'inlet air 34 °C, above 32 °C')).toBe('进风 34 °C，高于 32 °C');
    expect(alarmText('zh-CN', 'leak detected')).toBe('检测到漏液');
    expect(alarmText('zh-CN', 'breaker bank/2 tripped')).toBe('断路器 bank/2 跳闸');
    expect(alarmText('zh-CN', 'something of the site')).toBe('something of the site');
    expect(alarmText('en', 'leak detected')).toBe('leak detected');
    expect(causeLabel('en', 'my_cause')).toBe('my cause');
  });
});

describe('the order', () => {
  it('is safety, then what holds, then priority, then what nobody has seen, then the first out', () => {
    const sorted = urgentFirst([
      alarm('third', { order: 3 }), alarm('first', { order: 1 }), alarm('seen', { state: 'active_acknowledged' }), alarm('gone', { state: 'returned_unacknowledged', priority: 'critical' }),
      alarm('high', { priority: 'high' }), alarm('leak', { safety: true, priority: 'medium' }),
    ]);
    expect(sorted.map(({ id }) => id)).toEqual(['leak', 'high', 'first', 'third', 'seen', 'gone']);
  });

  it('hides in a flood neither safety nor critical nor the first five', () => {
    const { kept, others } = collapse([alarm('leak', { safety: true, order: 400 }), alarm('worst', { priority: 'critical', order: 300 }), ...Array.from({ length: 50 }, (_, index) => alarm(`a${index}`, { order: index + 1 }))]);
    expect(kept.map(({ id }) => id)).toEqual(['leak', 'worst', 'a0', 'a1', 'a2', 'a3', 'a4']);
    expect(others).toEqual([{ cause: 'overload', n: 45 }]);
  });
});

import { describe, expect, it } from 'vitest';
import { deviceAge, grownAge, shownState, showAge } from '@dashboard/model/ages';
import { clockTime, instantText, knownZone, offsetText, shortTime } from '@dashboard/model/times';
import type { Device } from '@dashboard/types';

const device = (change: Partial<Device> = {}): Device => ({
  id: 'ups-a', kind: 'ups', state: 'online', quality: 'good', lastAnswer: '2026-10-17T09:00:00+02:00', ageSeconds: 4, vitals: [], ...change,
});

describe('showAge', () => {
  it.each([
    [0, '0 s', '0 秒'], [119.9, '119 s', '119 秒'], [120, '2 min', '2 分'], [7_199, '119 min', '119 分'],
    [7_500, '2 h 5 min', '2 小时 5 分'], [200_000, '2 d 7 h', '2 天 7 小时'],
  ])('%s s', (seconds, english, chinese) => {
    expect(showAge('en', seconds)).toBe(english);
    expect(showAge('zh-CN', seconds)).toBe(chinese);
  });

  it('says when an age is not known', () => {
    expect(showAge('en', null)).toBe('age not known');
    expect(showAge('en', Number.NaN)).toBe('age not known');
  });
});

describe('ages grow by themselves', () => {
  it('grownAge adds what has passed since the word was heard', () => {
    expect(grownAge(4, 1_000, 8_500)).toBe(11.5);
    expect(grownAge(4, 8_500, 1_000)).toBe(4);
    expect(grownAge(null, 0, 5_000)).toBeNull();
  });

  it('deviceAge counts from the last answer by the server clock', () => {
    expect(deviceAge(device(), 0, 99_000, Date.parse('2026-10-17T07:01:30Z'))).toBe(90);
  });

  it('deviceAge carries the told age on when there is no last answer or no server time', () => {
    expect(deviceAge(device({ lastAnswer: null }), 1_000, 3_000, Date.now())).toBe(6);
    expect(deviceAge(device(), 1_000, 3_000, null)).toBe(6);
  });
});

describe('shownState', () => {
  it('a device is not online when the page hears nothing', () => {
    expect(shownState(device(), true)).toBe('stale');
    expect(shownState(device({ state: 'degraded' }), true)).toBe('stale');
    expect(shownState(device({ state: 'offline' }), true)).toBe('offline');
    expect(shownState(device(), false)).toBe('online');
  });
});

describe('times are the site\'s', () => {
  const summer = Date.parse('2026-07-01T12:00:00Z');

  it('in its zone, with its offset', () => {
    expect(clockTime('en', 'Europe/Amsterdam', summer)).toBe('14:00:00');
    expect(clockTime('zh-CN', 'Asia/Shanghai', summer)).toBe('20:00:00');
    expect(shortTime('en', 'Asia/Kolkata', summer)).toBe('17:30');
    expect(offsetText('Europe/Amsterdam', summer)).toBe('+02:00');
    expect(offsetText('Asia/Kolkata', summer)).toBe('+05:30');
    expect(offsetText('America/New_York', summer)).toBe('−04:00');
    expect(offsetText('UTC', summer)).toBe('+00:00');
  });

  it('midnight is 00, not 24', () => {
    expect(clockTime('en', 'UTC', Date.parse('2026-07-01T00:00:05Z'))).toBe('00:00:05');
  });

  it('the day stands before a time of another day', () => {
    expect(instantText('en', 'UTC', summer, summer + 60_000)).toBe('12:00:00');
    expect(instantText('en', 'UTC', summer, summer + 86_400_000)).toMatch(/1 Jul.* 12:00:00$/);
  });

  it('an unknown zone falls back to UTC', () => {
    expect(knownZone('Moon/Tycho')).toBe('UTC');
  });
});

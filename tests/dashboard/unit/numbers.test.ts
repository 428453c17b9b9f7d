import { describe, expect, it } from 'vitest';
import { choosePowerScale, decimalsFor, formatNumber, formatPower, formatShare } from '@dashboard/model/numbers';
import { showValue, unitText } from '@dashboard/model/units';

describe('decimalsFor', () => {
  it.each([
    [0.009, 3, 3], [0.017, 3, 3], [0.02, 3, 2], [0.09, 3, 2], [0.3, 3, 1], [0.0004, 3, 3], [2, 3, 0], [12, 3, 0],
  ])('an uncertainty of %s allows at most %s decimals: %s', (uncertainty, most, decimals) => {
    expect(decimalsFor(uncertainty, most)).toBe(decimals);
  });

  it.each([null, undefined, 0])('without an uncertainty (%s) one decimal less is claimed', (uncertainty) => {
    expect(decimalsFor(uncertainty, 3)).toBe(2);
  });
});

describe('formatNumber', () => {
  it('keeps its decimals, so that columns stand still', () => {
    expect(formatNumber('en', 1.3, 3)).toBe('1.300');
    expect(formatNumber('zh-CN', 12345.6, 1)).toBe('12,345.6');
  });

  it('writes a true minus and never a negative zero', () => {
    expect(formatNumber('en', -4.2, 1)).toBe('−4.2');
    expect(formatNumber('en', -0.04, 1)).toBe('0.0');
  });
});

describe('formatShare', () => {
  it('never rounds up to full', () => {
    expect(formatShare('en', 1)).toBe('100 %');
    expect(formatShare('en', 0.9996)).toBe('99.9 %');
    expect(formatShare('en', 0.29)).toBe('29 %');
  });
});

describe('choosePowerScale', () => {
  it('follows the largest power of the view', () => {
    expect(choosePowerScale(640, null)).toEqual({ unit: 'W', divisor: 1, decimals: 0 });
    expect(choosePowerScale(4_200, null)).toEqual({ unit: 'kW', divisor: 1_000, decimals: 2 });
    expect(choosePowerScale(482_000, null)).toEqual({ unit: 'kW', divisor: 1_000, decimals: 1 });
    expect(choosePowerScale(4_820_000, null)).toEqual({ unit: 'kW', divisor: 1_000, decimals: 0 });
    expect(choosePowerScale(48_200_000, null)).toEqual({ unit: 'MW', divisor: 1_000_000, decimals: 2 });
  });

  it('does not change its mind around a limit', () => {
    const kilo = choosePowerScale(9_900_000, null);
    const mega = choosePowerScale(10_100_000, kilo);
    expect(mega.unit).toBe('MW');
    expect(choosePowerScale(9_900_000, mega)).toBe(mega);
    expect(choosePowerScale(7_900_000, mega).unit).toBe('kW');
  });

  it('writes small powers in the prefix of the view', () => {
    const scale = choosePowerScale(482_000, null);
    expect(formatPower('en', 5_240, scale)).toBe('5.2');
  });
});

describe('showValue', () => {
  const kilo = choosePowerScale(482_000, null);

  it('turns UCUM codes into what people read', () => {
    expect(showValue('en', 'temperature.supply', 31.94, 'Cel', kilo)).toEqual({ text: '31.9', unit: '°C' });
    expect(showValue('en', 'flow', 208.44, 'L/min', kilo)).toEqual({ text: '208.4', unit: 'L/min' });
    expect(showValue('en', 'power.active', 61_704, 'W', kilo)).toEqual({ text: '61.7', unit: 'kW' });
    expect(showValue('en', 'battery.charge', 99.6, '%', kilo)).toEqual({ text: '100', unit: '%' });
    expect(showValue('en', 'efficiency', 95.73, '%', kilo)).toEqual({ text: '95.7', unit: '%' });
    expect(unitText('L/(kW.h)')).toBe('L/kWh');
    expect(unitText('1')).toBe('');
  });

  it('writes run times as durations in the language', () => {
    expect(showValue('en', 'battery.runtime', 1_140, 's', kilo).text).toBe('19 min');
    expect(showValue('zh-CN', 'battery.runtime', 8_100, 's', kilo).text).toBe('2 小时 15 分');
  });

  it('lives with a missing unit and shows an unknown one as it is', () => {
    expect(showValue('en', 'x', 2, null, kilo)).toEqual({ text: '2.00', unit: '' });
    expect(showValue('en', 'x', 2, 'furlong', kilo)).toEqual({ text: '2.00', unit: 'furlong' });
  });
});

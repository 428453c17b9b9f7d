import { describe, expect, it } from 'vitest';
import { equipmentRows, markOfState, markOfWord, modeOf, problemsFirst, searchDevices, seriesPath, tellingVital } from '@dashboard/model/devices';
import { headline, stackParts } from '@dashboard/model/figures';
import { verdictOf } from '@dashboard/model/verdict';
import type { Device, DeviceState, Kpi, KpiWindow, Summary, Vital } from '@dashboard/types';

const device = (id: string, change: Partial<Device> = {}): Device => ({ id, kind: 'pdu', state: 'online', quality: 'good', lastAnswer: null, ageSeconds: 1, vitals: [], ...change });
const vital = (metric: string, value: number | null, state?: string): Vital => ({ metric, value, unit: '1', quality: 'good', ageSeconds: 1, ...(state ? { state } : {}) });
const kpi = (window: KpiWindow, change: Partial<Kpi> = {}): Kpi => ({
  name: 'pue', scope: 'site', window, value: 1.3, unit: '1', coverage: 1, quality: 'good', revision: 1, at: '2026-10-17T09:00:00+02:00', ...change,
});

describe('problemsFirst', () => {
  it('sorts by how much a device needs a person, then as people count', () => {
    const list = [device('pdu-10'), device('pdu-2'), device('x', { state: 'offline' }), device('y', { state: 'stale' }), device('w', { state: 'degraded' }), device('v', { quality: 'suspect' })];
    expect(problemsFirst(list, ({ state }) => state).map(({ id }) => id)).toEqual(['x', 'y', 'w', 'v', 'pdu-2', 'pdu-10']);
  });
});

describe('searchDevices', () => {
  const list = [device('ups-a', { kind: 'ups', vendor: 'Eaton' }), device('pdu-a1'), device('pdu-b1', { agent: 'gateway-2' })];

  it('wants every word, anywhere, in the words of the reader too', () => {
    const found = (query: string): string[] => searchDevices(list, query, ({ kind }) => (kind === 'ups' ? ['不间断电源'] : [])).map(({ id }) => id);
    expect(found('')).toHaveLength(3);
    expect(found('PDU')).toEqual(['pdu-a1', 'pdu-b1']);
    expect(found('pdu gateway-2')).toEqual(['pdu-b1']);
    expect(found('eaton')).toEqual(['ups-a']);
    expect(found('不间断')).toEqual(['ups-a']);
    expect(found('nothing')).toEqual([]);
  });
});

describe('equipment', () => {
  it('has rows for power and cooling, UPSs first, and none for meters and racks', () => {
    const rows = equipmentRows([device('m', { kind: 'meter' }), device('c', { kind: 'chiller' }), device('u', { kind: 'ups' }), device('p'), device('n', { kind: null })]);
    expect(rows.map(({ id }) => id)).toEqual(['u', 'c']);
  });

  it('says the mode as a word and picks a telling value that is none', () => {
    const ups = device('ups', { kind: 'ups', vitals: [vital('ups.mode', 2, 'eco'), vital('load', 40), vital('power.active.output', 9)] });
    expect(modeOf(ups)?.state).toBe('eco');
    expect(tellingVital(ups)?.metric).toBe('power.active.output');
    expect(modeOf(device('x'))).toBeUndefined();
    expect(tellingVital(device('x'))).toBeUndefined();
  });

  it.each([['eco', 'good'], ['online', 'good'], ['bypass', 'advisory'], ['battery', 'alarm'], ['leak', 'alarm'], ['unknown', 'stale'], [null, 'stale']] as const)('the state %s is %s', (state, mark) => {
    expect(markOfWord(state)).toBe(mark);
  });

  it.each([['online', 'good'], ['degraded', 'advisory'], ['offline', 'alarm'], ['stale', 'stale'], ['unknown', 'stale']] as const)('a device that is %s is %s', (state, mark) => {
    expect(markOfState(state)).toBe(mark);
  });

  it('writes a series as the API wants it', () => {
    expect(seriesPath('cdu-1', 'flow', 'secondary')).toBe('cdu-1/flow/secondary');
    expect(seriesPath('main', 'power.active', null)).toBe('main/power.active');
  });
});

describe('verdictOf', () => {
  const counted = (some: Partial<Summary['alarms']>): Summary['alarms'] => ({ critical: 0, high: 0, medium: 0, low: 0, unacknowledged: 0, shelved: 0, suppressed: 0, outOfService: 0, floodSince: null, recent: 0, ...some });
  const summary = (change: Partial<Summary> = {}): Summary => ({
    agents: { online: 1, known: 1 }, devices: { online: 18, degraded: 0, offline: 0, known: 18 }, oldest: null, alarms: counted({}), readingsPerSecond: 1, ...change,
  });
  const devices = (state: Exclude<DeviceState, 'unknown' | 'stale'>): Summary['devices'] => ({ ...summary().devices, [state]: 2 });

  it('is quiet until a person must act', () => {
    expect(verdictOf(summary(), 0, false)).toEqual({ mark: 'good', key: 'truth.verdict.fine', n: 18 });
  });

  it('says the worst first', () => {
    const worst = { agents: { online: 0, known: 2 }, devices: devices('offline'), alarms: counted({ critical: 1, high: 2, medium: 1 }) };
    expect(verdictOf(summary(worst), 1, false)).toMatchObject({ mark: 'alarm', key: 'truth.verdict.alarms', n: 3 });
    expect(verdictOf(summary({ ...worst, alarms: counted({ medium: 1 }) }), 1, false)).toMatchObject({ mark: 'alarm', key: 'truth.verdict.agents', n: 2 });
    expect(verdictOf(summary({ devices: devices('offline') }), 1, false)).toMatchObject({ mark: 'alarm', key: 'truth.verdict.devices', n: 2 });
    expect(verdictOf(summary({ devices: devices('degraded') }), 1, false)).toMatchObject({ mark: 'stale', key: 'truth.verdict.stale', n: 1 });
    expect(verdictOf(summary({ alarms: counted({ medium: 2 }), devices: devices('degraded') }), 0, false)).toMatchObject({ mark: 'advisory', key: 'truth.verdict.alarms.medium', n: 2 });
    expect(verdictOf(summary({ devices: devices('degraded') }), 0, false)).toMatchObject({ mark: 'advisory', key: 'truth.verdict.degraded' });
  });

  it('praises nothing while no device is known', () => {
    expect(verdictOf(summary({ devices: { online: 0, degraded: 0, offline: 0, known: 0 } }), 0, false).mark).toBe('stale');
  });

  it('claims nothing while it hears nothing', () => {
    expect(verdictOf(summary(), 0, true).key).toBe('truth.verdict.silent');
  });
});

describe('figures', () => {
  it('shows the moment where there is one, else the shortest period, and never another scope', () => {
    expect(headline([kpi('1d'), kpi('now'), kpi('15m')], 'pue')?.window).toBe('now');
    expect(headline([kpi('1d'), kpi('1h')], 'pue')?.window).toBe('1h');
    expect(headline([kpi('now', { scope: 'ups-a' })], 'pue')).toBeUndefined();
  });

  it('keeps showing the moment when its value is not known', () => {
    expect(headline([kpi('1h'), kpi('now', { value: null })], 'pue')?.value).toBeNull();
  });

  it('stacks the parts above 1 in their fixed order', () => {
    const parts = stackParts(kpi('now', { parts: [{ name: 'lighting_other', value: 0.02 }, { name: 'cooling', value: 0.2 }, { name: 'power_chain', value: 0.05 }] }));
    expect(parts.map(({ name }) => name)).toEqual(['power_chain', 'cooling', 'lighting_other']);
    expect(parts.map(({ from }) => from)).toEqual([0, 0.05, 0.25]);
    expect(stackParts(undefined)).toEqual([]);
  });
});

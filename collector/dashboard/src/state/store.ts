import { batch, computed, signal } from '@preact/signals';
import type { Alarm, Delta, Device, Flow, Kpi, KpiWindow, PageState, Problem, Summary } from '../types';
import { monotonic, setServerTime } from './clock';

/** Something the collector said, with our monotonic time of hearing it, so that its ages can go on growing. */
export interface Heard<T> {
  value: T;
  mono: number;
}

export type Link =
  | { state: 'loading' }
  | { state: 'live' }
  | { state: 'reconnecting'; sinceMs: number | null }
  | { state: 'refused'; problem: Problem };

/** Silence after which the page says that it is no longer live. The collector speaks every second. */
export const SILENT_AFTER_MS = 5_000;

/** Silence after which every value on the page is marked stale. */
export const STALE_AFTER_MS = 10_000;

export const link = signal<Link>({ state: 'loading' });
export const site = signal<{ id: string; zone: string } | null>(null);
export const summary = signal<Heard<Summary> | null>(null);
export const kpis = signal<Heard<Kpi[]>>({ value: [], mono: 0 });
export const flow = signal<Heard<Flow | null>>({ value: null, mono: 0 });
export const devices = signal<ReadonlyMap<string, Heard<Device>>>(new Map());
export const alarms = signal<ReadonlyMap<string, Alarm>>(new Map());

/** Our monotonic time of the collector's last word. */
export const lastWord = signal<number | null>(null);

/** Counts full states: whatever shows history must ask for it again, because there may be a hole. */
export const generation = signal(0);

export const hasState = computed(() => site.value !== null);

/** Milliseconds since the collector last spoke. */
export const silence = computed(() => (lastWord.value === null ? 0 : Math.max(0, monotonic.value - lastWord.value)));

/** True when every value on the page has to be shown as old, whatever the collector last said about it. */
export const pageIsStale = computed(() => hasState.value && silence.value > STALE_AFTER_MS);

/** Replaces everything. */
export function applyState(state: PageState, mono: number): void {
  batch(() => {
    site.value = { id: state.site, zone: state.zone };
    summary.value = { value: state.summary, mono };
    kpis.value = { value: state.kpi ?? [], mono };
    flow.value = { value: state.flow ?? null, mono };
    devices.value = new Map((state.devices ?? []).map((device) => [device.id, { value: device, mono }]));
    alarms.value = new Map((state.alarms ?? []).map((alarm) => [alarm.id, alarm]));
    generation.value++;
    spoke(state.at, mono);
  });
}

/** Takes in what changed; devices that are not named keep their object, so that their rows are not drawn again. */
export function applyDelta(delta: Delta, mono: number): void {
  batch(() => {
    if (delta.summary) {
      summary.value = { value: delta.summary, mono };
    }
    if (delta.kpi) {
      kpis.value = { value: delta.kpi, mono };
    }
    if (delta.flow !== undefined) {
      flow.value = { value: delta.flow, mono };
    }
    if (delta.devices && delta.devices.length > 0) {
      const next = new Map(devices.value);
      for (const device of delta.devices) {
        next.set(device.id, { value: device, mono });
      }
      devices.value = next;
    }
    if ((delta.alarms?.length ?? 0) > 0 || (delta.alarmsGone?.length ?? 0) > 0) {
      const next = new Map(alarms.value);
      delta.alarmsGone?.forEach((id) => next.delete(id));
      delta.alarms?.forEach((alarm) => next.set(alarm.id, alarm));
      alarms.value = next;
    }
    spoke(delta.at, mono);
  });
}

/** What a person's own action came to, before the collector tells everybody. */
export function applyAlarm(alarm: Alarm): void {
  alarms.value = new Map(alarms.value).set(alarm.id, alarm);
}

function spoke(at: string | undefined, mono: number): void {
  lastWord.value = mono;
  monotonic.value = mono;
  const atMs = at ? Date.parse(at) : Number.NaN;
  if (Number.isFinite(atMs)) {
    setServerTime(atMs, mono);
  }
}

export function kpiOf(list: readonly Kpi[], name: string, window: KpiWindow, scope = 'site'): Kpi | undefined {
  return list.find((kpi) => kpi.name === name && kpi.window === window && kpi.scope === scope);
}

import { computed, effect, signal, untracked, type Signal } from '@preact/signals';
import { fetchHistory, ProblemError, type HistoryOf } from '../api';
import { changes, DEVICE_TRACE, emptyTrace, extend, KPI_TRACE, SPAN_MS, spanOf, traceOf, type Trace } from '../model/history';
import { seriesPath } from '../model/devices';
import { serverNow } from './clock';
import { devices, generation, kpiOf, kpis } from './store';

export interface Loaded {
  state: 'waiting' | 'ready' | 'failed';
  trace: Trace;
}

/** How many histories are asked for at once; the page must not be the collector's heaviest client. */
const MOST_AT_ONCE = 3;

const kpiTraces = new Map<string, Signal<Loaded>>();
const seriesTraces = new Map<string, Signal<Loaded>>();

/** The span of every drawing of the past, so that all of them can be compared by eye. */
export const span = computed(() => {
  const now = serverNow.value;
  const shown = ['pue', 'it_power', 'cooling_power'].map((name) => kpiTrace(name).value);
  return now === null || shown.some(({ state }) => state === 'waiting') ? SPAN_MS : spanOf(shown.map(({ trace }) => trace), now);
});

/** Mode changes of the last hour, as ticks on the axis. */
export const modeChanges = signal<{ atMs: number; device: string; metric: string; code: number }[]>([]);

/** The last hour of a KPI: asked for once, then carried on by what the live feed brings. */
export function kpiTrace(name: string): Signal<Loaded> {
  return traceFor(kpiTraces, name, KPI_TRACE, { kpi: name, window: 'now' });
}

/** The last hour of a device's series. */
export function seriesTrace(path: string): Signal<Loaded> {
  return traceFor(seriesTraces, path, DEVICE_TRACE, { series: path });
}

function traceFor(traces: Map<string, Signal<Loaded>>, key: string, timing: { stepMs: number; gapMs: number }, of: HistoryOf): Signal<Loaded> {
  let trace = traces.get(key);
  if (!trace) {
    trace = signal<Loaded>({ state: 'waiting', trace: emptyTrace(timing) });
    traces.set(key, trace);
    load(trace, of);
  }
  return trace;
}

const queue: (() => Promise<void>)[] = [];
let running = 0;

function enqueue(job: () => Promise<void>): void {
  queue.push(job);
  void drain();
}

async function drain(): Promise<void> {
  if (running >= MOST_AT_ONCE) {
    return;
  }
  running++;
  for (let job = queue.shift(); job; job = queue.shift()) {
    await job();
  }
  running--;
}

function load(target: Signal<Loaded>, of: HistoryOf): void {
  enqueue(async () => {
    const now = serverNow.peek();
    if (now === null) {
      return;
    }
    const timing = { stepMs: target.peek().trace.stepMs, gapMs: target.peek().trace.gapMs };
    try {
      const history = await fetchHistory(of, now - SPAN_MS, now, timing.stepMs);
      target.value = { state: 'ready', trace: traceOf(history.points, now - SPAN_MS, now + timing.stepMs, timing) };
    } catch (error) {
      // Live values still come; only the past is missing, and the view says so. A series without a past is not a failure.
      const unknown = error instanceof ProblemError && error.problem.status === 404;
      target.value = { state: unknown ? 'ready' : 'failed', trace: target.peek().trace };
    }
  });
}

function loadModes(): void {
  const now = serverNow.peek();
  const wanted = [...devices.peek().values()].flatMap(({ value }) =>
    value.vitals.filter((vital) => vital.metric === 'ups.mode' || vital.metric === 'cooling.mode')
      .map((vital) => ({ device: value.id, metric: vital.metric, path: seriesPath(value.id, vital.metric, vital.part) })));
  modeChanges.value = [];
  for (const { device, metric, path } of wanted) {
    enqueue(async () => {
      try {
        const history = await fetchHistory({ series: path }, now! - SPAN_MS, now!, KPI_TRACE.stepMs);
        const found = changes(history.points).map((change) => ({ ...change, device, metric }));
        modeChanges.value = [...modeChanges.peek(), ...found];
      } catch {
        // without history there are no ticks; the mode itself stands in the equipment's row
      }
    });
  }
}

/** Starts to follow the store; every full state means that there may be a hole, so all histories are asked for again. */
export function startTrends(): () => void {
  const reload = effect(() => {
    if (generation.value === 0) {
      return;
    }
    untracked(() => {
      kpiTraces.forEach((trace, name) => load(trace, { kpi: name, window: 'now' }));
      seriesTraces.forEach((trace, path) => load(trace, { series: path }));
      loadModes();
    });
  });
  const followKpis = effect(() => {
    const list = kpis.value.value;
    untracked(() => kpiTraces.forEach((target, name) => {
      const kpi = kpiOf(list, name, 'now');
      const at = kpi ? Date.parse(kpi.at) : Number.NaN;
      if (kpi && Number.isFinite(at) && target.value.state !== 'waiting') {
        target.value = { ...target.value, trace: extend(target.value.trace, at, kpi.value) };
      }
    }));
  });
  const followDevices = effect(() => {
    const known = devices.value;
    untracked(() => {
      const now = serverNow.value;
      if (now === null || seriesTraces.size === 0) {
        return;
      }
      for (const { value: device } of known.values()) {
        for (const vital of device.vitals) {
          const target = seriesTraces.get(seriesPath(device.id, vital.metric, vital.part));
          if (target && target.value.state !== 'waiting' && device.state !== 'stale' && device.state !== 'offline') {
            target.value = { ...target.value, trace: extend(target.value.trace, now - (vital.ageSeconds ?? 0) * 1_000, vital.value) };
          }
        }
      }
    });
  });
  return () => {
    reload();
    followKpis();
    followDevices();
  };
}

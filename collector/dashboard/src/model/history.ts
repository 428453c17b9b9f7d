/** One series on the trend: times in seconds (uPlot's unit) and values, null where there is a gap. */
export interface Trace {
  times: number[];
  values: (number | null)[];
  /** Width of one step: a live value within it replaces the one before. */
  stepMs: number;
  /** Two values further apart than this have a gap between them. */
  gapMs: number;
}

/** Span of every trace on the page. */
export const SPAN_MS = 3_600_000;

/** KPIs are computed every second, so three missing steps of ten seconds are a gap. */
export const KPI_TRACE = { stepMs: 10_000, gapMs: 35_000 };

/** The slowest points of a device are asked for once a minute; three of those missing are a gap. */
export const DEVICE_TRACE = { stepMs: 30_000, gapMs: 190_000 };

/** A site that has run for minutes is not shown an hour of emptiness. */
export const FIRST_SPAN_MS = 900_000;

/** The span to draw: a quarter of an hour while there is no more than that, then the hour. */
export function spanOf(traces: readonly Trace[], nowMs: number): number {
  const firsts = traces.flatMap((trace) => {
    const index = trace.values.findIndex((value) => value !== null);
    return index < 0 ? [] : [trace.times[index]! * 1_000];
  });
  return firsts.length > 0 && nowMs - Math.min(...firsts) < FIRST_SPAN_MS ? FIRST_SPAN_MS : SPAN_MS;
}

export function emptyTrace(timing: { stepMs: number; gapMs: number }): Trace {
  return { times: [], values: [], ...timing };
}

/** Puts the collector's points in order, cuts them to the span, and writes a null into every hole. */
export function traceOf(points: readonly [number, number | null][], fromMs: number, toMs: number, timing = KPI_TRACE): Trace {
  const trace = emptyTrace(timing);
  const sorted = points.filter(([at]) => at >= fromMs && at <= toMs).sort((a, b) => a[0] - b[0]);
  for (const [at, value] of sorted) {
    push(trace, at, value);
  }
  return trace;
}

/** Adds a live value; within one step the newest wins, and what has left the span is dropped. */
export function extend(trace: Trace, atMs: number, value: number | null): Trace {
  const last = trace.times.length - 1;
  const lastMs = last < 0 ? Number.NEGATIVE_INFINITY : trace.times[last]! * 1_000;
  if (atMs < lastMs) {
    return trace;
  }
  const next: Trace = { ...trace, times: [...trace.times], values: [...trace.values] };
  const step = (ms: number): number => Math.floor(ms / trace.stepMs);
  if (last >= 0 && step(lastMs) === step(atMs)) {
    next.values[last] = value;
  } else {
    push(next, atMs, value);
  }
  const first = next.times.findIndex((time) => time * 1_000 >= atMs - SPAN_MS);
  return first <= 0 ? next : { ...next, times: next.times.slice(first), values: next.values.slice(first) };
}

function push(trace: Trace, atMs: number, value: number | null): void {
  const last = trace.times.length - 1;
  if (last >= 0) {
    const lastMs = trace.times[last]! * 1_000;
    if (atMs <= lastMs) {
      trace.values[last] = value;
      return;
    }
    if (atMs - lastMs > trace.gapMs && trace.values[last] !== null && value !== null) {
      trace.times.push((lastMs + trace.stepMs) / 1_000);
      trace.values.push(null);
    }
  }
  trace.times.push(atMs / 1_000);
  trace.values.push(value);
}

export interface Extremes {
  low: number;
  high: number;
  now: number | null;
}

export function extremes(trace: Trace): Extremes | null {
  const values = trace.values.filter((value): value is number => value !== null);
  return values.length === 0 ? null : { low: Math.min(...values), high: Math.max(...values), now: trace.values.at(-1) ?? null };
}

/** The value that held at an instant: the nearest one, if it is no further away than a step; null in a gap. */
export function valueAt(trace: Trace, atMs: number): number | null {
  let best = -1;
  for (let index = 0; index < trace.times.length; index++) {
    if (best < 0 || Math.abs(trace.times[index]! * 1_000 - atMs) <= Math.abs(trace.times[best]! * 1_000 - atMs)) {
      best = index;
    }
  }
  return best >= 0 && Math.abs(trace.times[best]! * 1_000 - atMs) <= trace.stepMs ? trace.values[best] ?? null : null;
}

/** A range that holds the values, keeps noise small (`least`), and stays on round numbers so that it moves seldom. */
export function calmRange(low: number, high: number, least: number): [number, number] {
  const span = Math.max(high - low, least);
  const middle = (low + high) / 2;
  const step = 10 ** Math.floor(Math.log10(span)) / 2;
  const from = Math.floor((middle - span * 0.6) / step) * step;
  const to = Math.ceil((middle + span * 0.6) / step) * step;
  return [low >= 0 ? Math.max(0, from) : from, to];
}

/** Instants at which a state series changed; averaged, fractional codes are not states. */
export function changes(points: readonly [number, number | null][]): { atMs: number; code: number }[] {
  const found: { atMs: number; code: number }[] = [];
  let before: number | null = null;
  for (const [atMs, code] of points) {
    if (code === null || !Number.isInteger(code)) {
      continue;
    }
    if (before !== null && code !== before) {
      found.push({ atMs, code });
    }
    before = code;
  }
  return found;
}

/** An SVG path for a small trace in a box of width × height, with a break at every gap. */
export function sparkPath(trace: Trace, fromMs: number, toMs: number, width: number, height: number): string {
  const range = extremes(trace);
  if (!range || toMs <= fromMs) {
    return '';
  }
  const least = Math.max(Math.abs(range.high) * 0.02, 1e-9);
  const span = Math.max(range.high - range.low, least);
  const bottom = (range.low + range.high) / 2 - span / 2;
  let path = '';
  let down = false;
  trace.times.forEach((time, index) => {
    const value = trace.values[index];
    const at = time * 1_000;
    if (value === null || value === undefined || at < fromMs) {
      down = false;
      return;
    }
    const x = ((at - fromMs) / (toMs - fromMs)) * width;
    const y = height - ((value - bottom) / span) * height;
    path += `${down ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    down = true;
  });
  return path;
}

import { describe, expect, it } from 'vitest';
import { calmRange, changes, emptyTrace, extend, extremes, FIRST_SPAN_MS, KPI_TRACE, spanOf, sparkPath, SPAN_MS, traceOf, valueAt } from '@dashboard/model/history';

const T = 1_700_000_000_000;
const at = (step: number): number => T + step * 10_000;

describe('traceOf', () => {
  it('sorts, cuts to the span and keeps the collector\'s own gaps', () => {
    const trace = traceOf([[at(2), 3], [at(0), 1], [at(1), null], [at(-500), 9]], at(0), at(3));
    expect(trace.times).toEqual([at(0) / 1_000, at(1) / 1_000, at(2) / 1_000]);
    expect(trace.values).toEqual([1, null, 3]);
  });

  it('writes a gap where rows are absent', () => {
    expect(traceOf([[at(0), 1], [at(10), 2]], at(0), at(10)).values).toEqual([1, null, 2]);
    expect(traceOf([[at(0), 1], [at(3), 2]], at(0), at(10)).values).toEqual([1, 2]);
  });
});

describe('extend', () => {
  it('replaces within a step, appends after it, and forgets what left the span', () => {
    let trace = traceOf([[at(0), 1]], at(0), at(1));
    trace = extend(trace, at(0) + 4_000, 2);
    expect(trace.values).toEqual([2]);
    trace = extend(trace, at(1), 3);
    expect(trace.values).toEqual([2, 3]);
    trace = extend(trace, at(1) + SPAN_MS + 20_000, 4);
    expect(trace.values).toEqual([4]);
  });

  it('leaves a gap for the time in which nothing came, and ignores what is older than it has', () => {
    const trace = traceOf([[at(0), 1]], at(0), at(1));
    expect(extend(trace, at(20), 2).values).toEqual([1, null, 2]);
    expect(extend(trace, at(-5), 2)).toBe(trace);
  });

  it('does not touch the trace it was given', () => {
    const trace = traceOf([[at(0), 1]], at(0), at(1));
    extend(trace, at(1), 2);
    expect(trace.values).toEqual([1]);
  });
});

describe('reading a trace', () => {
  const trace = traceOf([[at(0), 1], [at(1), null], [at(2), 5]], at(0), at(2));

  it('knows its extremes and its present', () => {
    expect(extremes(trace)).toEqual({ low: 1, high: 5, now: 5 });
    expect(extremes(emptyTrace(KPI_TRACE))).toBeNull();
  });

  it('has no value in a gap and none far outside', () => {
    expect(valueAt(trace, at(2) + 3_000)).toBe(5);
    expect(valueAt(trace, at(1))).toBeNull();
    expect(valueAt(trace, at(9))).toBeNull();
  });

  it('breaks the small line at a gap', () => {
    expect(sparkPath(trace, at(0), at(2), 100, 20).match(/M/g)).toHaveLength(2);
    expect(sparkPath(emptyTrace(KPI_TRACE), at(0), at(2), 100, 20)).toBe('');
  });

  it('finds the changes of a state and ignores averages of codes', () => {
    expect(changes([[at(0), 1], [at(1), 1], [at(2), 1.5], [at(3), null], [at(4), 2], [at(5), 2]])).toEqual([{ atMs: at(4), code: 2 }]);
  });
});

describe('spanOf', () => {
  it('is a quarter of an hour while there is no more, then the hour', () => {
    const young = traceOf([[at(0), null], [at(6), 1], [at(12), 2]], at(0), at(12));
    expect(spanOf([young, emptyTrace(KPI_TRACE)], at(20))).toBe(FIRST_SPAN_MS);
    expect(spanOf([young], at(6) + FIRST_SPAN_MS)).toBe(SPAN_MS);
    expect(spanOf([emptyTrace(KPI_TRACE)], at(20))).toBe(SPAN_MS);
  });
});

describe('calmRange', () => {
  it('holds the values and does not blow up noise', () => {
    const [low, high] = calmRange(1.2199, 1.2203, 0.02);
    expect(low).toBeLessThan(1.2199);
    expect(high).toBeGreaterThan(1.2203);
    expect(high - low).toBeGreaterThanOrEqual(0.02);
  });

  it('does not go below zero for what cannot', () => {
    expect(calmRange(0, 0.1, 1)[0]).toBe(0);
    expect(calmRange(-3, 4, 1)[0]).toBeLessThan(-3);
  });
});

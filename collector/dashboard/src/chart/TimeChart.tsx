import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { calmRange, type Trace } from '../model/history';
import { knownZone } from '../model/times';

export interface Tick {
  atMs: number;
  label: string;
}

interface TimeChartProps {
  trace: Trace;
  fromMs: number;
  toMs: number;
  width: number;
  height: number;
  /** Smallest span of the value axis, so that noise is not blown up. */
  leastSpan: number;
  zone: string;
  /** Only the lowest of stacked charts writes the times. */
  withTimes: boolean;
  /** Only the uppermost names the ticks. */
  withLabels: boolean;
  /** Whether the last value is of this moment, and may have the accent. */
  isPresent: boolean;
  formatTime: (ms: number) => string;
  formatValue: (value: number) => string;
  ticks: readonly Tick[];
  /** Changes when colours or type change, and the chart is then made anew. */
  look: string;
  /** The instant under the pointer, or null when it left. */
  onCursor: (atMs: number | null) => void;
}

/** One strip of a time series. The only file that knows uPlot. */
export function TimeChart(props: TimeChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;

  useLayoutEffect(() => {
    if (!element.current || props.width <= 0 || props.height <= 0) {
      return;
    }
    chart.current = new uPlot(options(latest), dataOf(latest.current), element.current);
    return () => {
      chart.current?.destroy();
      chart.current = null;
    };
  }, [props.look, props.withTimes, props.zone, props.width > 0 && props.height > 0]);

  useLayoutEffect(() => {
    if (chart.current && props.width > 0 && props.height > 0 && (chart.current.width !== props.width || chart.current.height !== props.height)) {
      chart.current.setSize({ width: props.width, height: props.height });
    }
  }, [props.width, props.height]);

  useLayoutEffect(() => {
    chart.current?.setData(dataOf(props));
  }, [props.trace, props.fromMs, props.toMs, props.ticks, props.isPresent]);

  return <div class="chart" ref={element} aria-hidden="true" />;
}

function dataOf(props: TimeChartProps): uPlot.AlignedData {
  return [props.trace.times, props.trace.values];
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(latest: { current: TimeChartProps }): uPlot.Options {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const props = latest.current;
  const font = `${0.75 * rem}px ${getComputedStyle(document.body).fontFamily}`;
  const quiet = token('--text-quiet');
  const rule = token('--rule');
  return {
    width: props.width,
    height: props.height,
    padding: [0.5 * rem, 0.5 * rem, props.withTimes ? 0 : 0.5 * rem, 0],
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), knownZone(latest.current.zone)),
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 0.5 * rem, fill: token('--accent'), stroke: token('--accent') },
      sync: { key: 'trend' },
    },
    scales: {
      x: { range: () => [latest.current.fromMs / 1_000, latest.current.toMs / 1_000] },
      y: { range: (_, low, high) => (low === null || high === null ? [0, 1] : calmRange(low, high, latest.current.leastSpan)) },
    },
    axes: [
      {
        show: true,
        size: props.withTimes ? 1.5 * rem : 0,
        space: 5 * rem,
        incrs: [60, 120, 300, 600, 900, 1_800, 3_600],
        font,
        stroke: quiet,
        gap: 0.25 * rem,
        grid: { stroke: rule, width: 1 / devicePixelRatio },
        ticks: { show: false },
        values: (_, splits) => (props.withTimes ? splits.map((second) => latest.current.formatTime(second * 1_000)) : []),
      },
      {
        size: 3.75 * rem,
        // Three or four lines are enough to read a height by, however tall the strip is.
        space: (_, __, ___, ____, pixels) => Math.max(1.25 * rem, pixels / devicePixelRatio / 3.5),
        font,
        stroke: quiet,
        gap: 0.5 * rem,
        grid: { stroke: rule, width: 1 / devicePixelRatio },
        ticks: { show: false },
        values: (_, splits) => splits.map((value) => latest.current.formatValue(value)),
      },
    ],
    series: [
      {},
      { stroke: token('--line'), width: 0.09375 * rem, points: { show: false }, spanGaps: false },
    ],
    hooks: {
      draw: [(plot) => drawTicks(plot, latest.current, rem), (plot) => drawPresent(plot, latest.current, rem)],
      setCursor: [(plot) => latest.current.onCursor(instantUnder(plot))],
    },
  };
}

function instantUnder(plot: uPlot): number | null {
  const seconds = typeof plot.cursor.idx === 'number' ? plot.data[0][plot.cursor.idx] : undefined;
  return seconds === undefined ? null : seconds * 1_000;
}

/** Mode changes: a thin line across the strip. */
function drawTicks(plot: uPlot, props: TimeChartProps, rem: number): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = token('--text-quiet');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([0.2 * rem * devicePixelRatio, 0.2 * rem * devicePixelRatio]);
  ctx.fillStyle = token('--text-quiet');
  ctx.font = `${0.75 * rem * devicePixelRatio}px ${getComputedStyle(document.body).fontFamily}`;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  let free = 0;
  for (const tick of [...props.ticks].sort((a, b) => a.atMs - b.atMs)) {
    if (tick.atMs <= props.fromMs || tick.atMs >= props.toMs) {
      continue;
    }
    const x = Math.round(plot.valToPos(tick.atMs / 1_000, 'x', true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const textWidth = ctx.measureText(tick.label).width;
    const from = Math.min(x + 0.3 * rem * devicePixelRatio, bbox.left + bbox.width - textWidth);
    if (props.withLabels && from >= free) {
      ctx.fillText(tick.label, from, bbox.top);
      free = from + textWidth + rem * devicePixelRatio;
    }
  }
  ctx.restore();
}

/** The present value is the one thing on the chart that has the accent. */
function drawPresent(plot: uPlot, props: TimeChartProps, rem: number): void {
  const { times, values } = props.trace;
  const last = times.length - 1;
  const value = values[last];
  if (last < 0 || value === null || value === undefined) {
    return;
  }
  const { ctx } = plot;
  ctx.save();
  ctx.fillStyle = token(props.isPresent ? '--accent' : '--stale');
  ctx.beginPath();
  ctx.arc(plot.valToPos(times[last]!, 'x', true), plot.valToPos(value, 'y', true), 0.25 * rem * devicePixelRatio, 0, 2 * Math.PI);
  ctx.fill();
  ctx.restore();
}

import { SPAN_MS, sparkPath, type Trace } from '../model/history';

const WIDTH = 120;
const HEIGHT = 28;

/** The last hour of one value, as small as a word. The vertical scale is its own; the shape is what it says. */
export function Spark({ trace, nowMs }: { trace: Trace; nowMs: number | null }) {
  if (nowMs === null) {
    return <span class="spark" />;
  }
  const to = Math.ceil(nowMs / 30_000) * 30_000;
  return (
    <svg class="spark" viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={sparkPath(trace, to - SPAN_MS, to, WIDTH, HEIGHT)} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

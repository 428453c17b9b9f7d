import { sparkPath, type Trace } from '../model/history';
import { span } from '../state/trends';

const WIDTH = 120;
const HEIGHT = 28;

/** The past of one value over the span of the trend, as small as a word. The vertical scale is its own; the shape is what it says. */
export function Spark({ trace, nowMs }: { trace: Trace; nowMs: number | null }) {
  if (nowMs === null) {
    return <span class="spark" />;
  }
  const to = Math.ceil(nowMs / 30_000) * 30_000;
  return (
    <svg class="spark" viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={sparkPath(trace, to - span.value, to, WIDTH, HEIGHT)} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

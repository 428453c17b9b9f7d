import { decimalsFor, formatNumber } from '../model/numbers';
import { stackParts } from '../model/figures';
import { spreadLabels } from '../model/labels';
import { explain } from '../state/explained';
import { language } from '../state/preferences';
import { kpiOf, kpis, pageIsStale } from '../state/store';
import { say } from './say';
import { remPixels, useSize } from './useSize';

/** What PUE is made of above 1, in PUE units, as one stacked bar: the tallest piece is what to work on. */
export function PueParts() {
  const { ref, width, height } = useSize<HTMLDivElement>();
  const kpi = kpiOf(kpis.value.value, 'pue', 'now');
  const parts = kpi?.value === null ? [] : stackParts(kpi);
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const decimals = decimalsFor(kpi?.uncertainty, 3);
  const number = (value: number): string => formatNumber(language.value, value, decimals);
  const rem = remPixels();
  const top = 0.5 * rem;
  const bottom = height - 1.75 * rem;
  const barWidth = 2.5 * rem;
  const scale = total > 0 ? (bottom - top) / total : 0;
  const labels = spreadLabels(parts.map((part) => bottom - (part.from + part.value / 2) * scale).reverse(), 2.4 * rem, top + 0.7 * rem, bottom - 0.7 * rem).reverse();
  return (
    <div class="parts" data-test="pue-parts" data-stale={pageIsStale.value || undefined}>
      <h3>{say('parts.title')}</h3>
      <div class="parts-drawing" ref={ref}>
        {total <= 0
          ? <p class="empty">{say('parts.unknown')}</p>
          : (
            <svg width={width} height={height} role="group" aria-label={say('parts.title')}>
              <line class="parts-base" x1="0" x2={barWidth + 0.75 * rem} y1={bottom} y2={bottom} />
              <text class="parts-base-text" x="0" y={bottom + 1.2 * rem}>{say('parts.base', { one: number(1) })}</text>
              {parts.map((part, index) => {
                const y = bottom - (part.from + part.value) * scale;
                const partHeight = part.value * scale;
                const middle = bottom - (part.from + part.value / 2) * scale;
                const labelY = labels[index]!;
                const open = (): void => explain({ of: 'part', name: part.name });
                return (
                  <g key={part.name} class="part" role="button" tabIndex={0} aria-label={`${say(`flow.${part.name}`)}, ${number(part.value)}`} onClick={open}
                    onKeyDown={(event: KeyboardEvent) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(); } }}>
                    <rect class="flow-target" x="0" y={Math.min(y, labelY - 1.2 * rem)} width={width} height={Math.max(partHeight, 2.4 * rem)} />
                    <rect class={`flow-bar flow-bar-${part.name}`} x="0" y={y} width={barWidth} height={Math.max(1, partHeight - 1)} />
                    <path class="parts-lead" d={`M${barWidth} ${middle}L${barWidth + 0.75 * rem} ${labelY}`} />
                    <text x={barWidth + 1 * rem} y={labelY}>
                      <tspan class="flow-name" x={barWidth + 1 * rem} dy="-0.3em">{say(`flow.${part.name}`)}</tspan>
                      <tspan class="part-value" x={barWidth + 1 * rem} dy="1.15em">+{number(part.value)}</tspan>
                    </text>
                  </g>
                );
              })}
            </svg>
          )}
      </div>
    </div>
  );
}

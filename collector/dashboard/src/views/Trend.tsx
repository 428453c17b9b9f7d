import { signal, useComputed } from '@preact/signals';
import { TimeChart, type Tick } from '../chart/TimeChart';
import { extremes, FIRST_SPAN_MS, valueAt } from '../model/history';
import { decimalsFor, formatNumber, formatPower } from '../model/numbers';
import { shortTime, clockTime } from '../model/times';
import { seriesPath } from '../model/devices';
import { modeCodes } from '../model/modes';
import { stateWord } from '../i18n';
import { serverNow } from '../state/clock';
import { powerScale } from '../state/power';
import { effectiveScheme, language } from '../state/preferences';
import { devices, kpiOf, kpis, pageIsStale, site } from '../state/store';
import { kpiTrace, modeChanges, seriesTrace, span, type Loaded } from '../state/trends';
import { say } from './say';
import { remPixels, useSize } from './useSize';

interface Strip {
  id: string;
  name: string;
  unit: string;
  loaded: Loaded;
  /** The value of this moment, null when it is not known or no longer of this moment. */
  present: number | null;
  leastSpan: number;
  format: (value: number) => string;
}

/** Instant under the reader's cursor; shared, so that every strip answers for the same moment. */
const cursorMs = signal<number | null>(null);

/** The last hour of what matters, on one time axis. A gap stays a gap. */
export function Trend() {
  const strips = stripsNow();
  const now = serverNow.value;
  const ticks = useComputed<Tick[]>(() => modeChanges.value.map((change) => ({
    atMs: change.atMs,
    label: say('trend.mode', { device: change.device, mode: stateWord(language.value, change.metric, modeCodes[change.metric]?.[change.code] ?? 'unknown') }),
  })));
  const zone = site.value?.zone ?? 'UTC';
  return (
    <section class="trend" id="trend" tabIndex={-1} aria-labelledby="trend-title" data-test="trend" data-stale={pageIsStale.value || undefined}>
      <h2 id="trend-title">
        {spanTitle()}
        {cursorMs.value !== null && <span class="trend-at">{clockTime(language.value, zone, cursorMs.value)}</span>}
      </h2>
      <div class="strips">
        {strips.map((strip, index) => (
          <StripView key={strip.id} strip={strip} zone={zone} now={now} ticks={ticks.value} withLabels={index === 0} withTimes={index === strips.length - 1} />
        ))}
      </div>
    </section>
  );
}

function StripView({ strip, zone, now, ticks, withLabels, withTimes }: { strip: Strip; zone: string; now: number | null; ticks: Tick[]; withLabels: boolean; withTimes: boolean }) {
  const { ref, width, height } = useSize<HTMLDivElement>();
  const { trace, state } = strip.loaded;
  const range = extremes(trace);
  const at = cursorMs.value;
  const shown = at !== null ? valueAt(trace, at) : strip.present;
  const described = range
    ? say('trend.describe', { name: strip.name, span: spanTitle(), low: strip.format(range.low), high: strip.format(range.high), now: strip.present === null ? say('figure.unknown') : strip.format(strip.present) })
    : say('trend.describe.empty', { name: strip.name, span: spanTitle() });
  const language_ = language.value;
  // The axis moves in steps of ten seconds: a picture that shifts by a hair every second only tires.
  const toMs = now === null ? 0 : Math.ceil(now / 10_000) * 10_000;
  return (
    <figure class="strip" data-times={withTimes || undefined} role="img" aria-label={described} data-test={`strip-${strip.id}`}>
      <figcaption>
        <span class="strip-name">{strip.name}</span>
        <span class="strip-value" data-past={at !== null || undefined}>{shown === null ? '–' : strip.format(shown)}{strip.unit && <span class="unit">{strip.unit}</span>}</span>
      </figcaption>
      <div class="strip-drawing" ref={ref}>
        {range === null
          ? <p class="empty">{say(state === 'waiting' ? 'trend.waiting' : state === 'failed' ? 'trend.failed' : 'trend.none')}</p>
          : (
            <TimeChart trace={trace} fromMs={toMs - span.value} toMs={toMs} width={width} height={height} leastSpan={strip.leastSpan} zone={zone}
              withTimes={withTimes} withLabels={withLabels} isPresent={strip.present !== null && !pageIsStale.value} formatTime={(ms) => shortTime(language_, zone, ms)} formatValue={strip.format} ticks={ticks}
              look={`${effectiveScheme()}/${language_}/${remPixels()}/${devicePixelRatio}`}
              onCursor={(atMs) => { cursorMs.value = atMs; }} />
          )}
      </div>
    </figure>
  );
}

export function spanTitle(): string {
  return say(span.value === FIRST_SPAN_MS ? 'trend.title.first' : 'trend.title');
}

function stripsNow(): Strip[] {
  const scale = powerScale.value;
  const pue = kpiOf(kpis.value.value, 'pue', 'now');
  const power = (value: number): string => formatPower(language.value, value, scale);
  const leastPower = scale.divisor * 10 ** -scale.decimals * 20;
  const pueDecimals = Math.max(2, decimalsFor(pue?.uncertainty, 3));
  const strips: Strip[] = [
    { id: 'pue', name: say('trend.pue'), unit: '', loaded: kpiTrace('pue').value, present: pue?.value ?? null, leastSpan: 0.02, format: (value) => formatNumber(language.value, value, pueDecimals) },
    { id: 'it', name: say('trend.it'), unit: scale.unit, loaded: kpiTrace('it_power').value, present: kpiOf(kpis.value.value, 'it_power', 'now')?.value ?? null, leastSpan: leastPower, format: power },
    { id: 'cooling', name: say('trend.cooling'), unit: scale.unit, loaded: kpiTrace('cooling_power').value, present: kpiOf(kpis.value.value, 'cooling_power', 'now')?.value ?? null, leastSpan: leastPower, format: power },
  ];
  const outdoor = outdoorSeries();
  if (outdoor) {
    strips.push({ id: 'outdoor', name: say('trend.outdoor'), unit: '°C', loaded: seriesTrace(outdoor.path).value, present: outdoor.value, leastSpan: 2, format: (value) => formatNumber(language.value, value, 1) });
  }
  return strips;
}

function outdoorSeries(): { path: string; value: number | null } | null {
  for (const { value: device } of devices.value.values()) {
    const vital = device.vitals.find((one) => one.metric === 'temperature.outdoor');
    if (vital) {
      return { path: seriesPath(device.id, vital.metric, vital.part), value: device.state === 'online' || device.state === 'degraded' ? vital.value : null };
    }
  }
  return null;
}


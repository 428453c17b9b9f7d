import { periods, headline, mostDecimals } from '../model/figures';
import { decimalsFor, formatNumber, formatShare } from '../model/numbers';
import { unitText } from '../model/units';
import { clockTime, shortTime } from '../model/times';
import { reasonText } from '../i18n/reasons';
import { serverNow } from '../state/clock';
import { explain } from '../state/explained';
import { language } from '../state/preferences';
import { kpiOf, kpis, lastWord, pageIsStale, silence, site } from '../state/store';
import type { Kpi } from '../types';
import { Changing } from './Changing';
import { MarkShape } from './Mark';
import { Num } from './Num';
import { say } from './say';

/** The two figures that the page is for. */
export function Figures() {
  return (
    <section class="figures" id="figures" tabIndex={-1} aria-label={`${say('figure.pue')}, ${say('figure.wue')}`}>
      <Figure name="pue" />
      <Figure name="wue" />
    </section>
  );
}

export function valueText(kpi: Kpi, value: number | null = kpi.value): string | null {
  const most = mostDecimals[kpi.name] ?? 1;
  return value === null ? null : formatNumber(language.value, value, decimalsFor(kpi.uncertainty, most));
}

function Figure({ name }: { name: 'pue' | 'wue' }) {
  const list = kpis.value.value;
  const kpi = headline(list, name);
  const text = kpi ? valueText(kpi) : null;
  const stale = pageIsStale.value;
  const window = kpi?.window ?? 'now';
  const unit = kpi ? unitText(kpi.unit) : '';
  return (
    <article class="figure" data-test={`figure-${name}`} data-stale={stale || undefined}>
      <h2 class="figure-name">
        <abbr title={say(`figure.${name}.long`)}>{say(`figure.${name}`)}</abbr>
        {unit && <span class="unit">{unit}</span>}
        <span class="figure-window">{say(`figure.window.${window}`)}</span>
        {kpi && text !== null && kpi.quality !== 'good' && <span class="word-estimated">{say(`quality.${kpi.quality}`)}</span>}
        {text !== null && kpi?.reason && !stale ? <span class="figure-note" title={reasonText(language.value, kpi.reason)}>{reasonText(language.value, kpi.reason)}</span> : null}
        {stale && <StaleWord />}
      </h2>
      <div class="figure-body">
        <button type="button" class="figure-value" data-unknown={text === null || undefined} data-test={`${name}-value`} aria-label={figureWords(name, kpi, text, stale)} onClick={() => explain({ of: 'kpi', name, window })}>
          <span class="huge">{text === null ? '–' : <Changing text={text} />}</span>
        </button>
        <div class="figure-side">
          {text === null
            ? <p class="figure-reason" data-test={`${name}-reason`}><MarkShape mark="stale" /><span>{kpi ? (kpi.reason ? reasonText(language.value, kpi.reason) : say('figure.noReason')) : say('figure.notComputed')}</span></p>
            : kpi?.uncertainty ? <p class="uncertainty">{say('figure.plusMinus', { u: formatNumber(language.value, kpi.uncertainty, decimalsFor(kpi.uncertainty, mostDecimals[name] ?? 2)) })}</p> : null}
          <dl class="figure-facts">
            {kpi?.category ? <div title={categoryMeaning(kpi.category)}><dt>{say('figure.category')}</dt><dd>{kpi.category}</dd></div> : null}
            {kpi && kpi.coverage !== null && kpi.coverage !== undefined ? <div><dt>{say('figure.coverage')}</dt><dd>{formatShare(language.value, kpi.coverage)}</dd></div> : null}
            {kpi?.yesterday !== null && kpi?.yesterday !== undefined
              ? <div><dt>{yesterdayLabel()}</dt><dd>{valueText(kpi, kpi.yesterday)}</dd></div>
              : null}
          </dl>
        </div>
      </div>
      <dl class="figure-periods">
        {periods.filter((period) => period !== window).map((period) => {
          const over = kpiOf(list, name, period);
          return over ? (
            <div key={period}>
              <dt>{say(`figure.window.${period}`)}</dt>
              <dd><Num name={`${say(`figure.${name}`)}, ${say(`figure.window.${period}`)}`} text={valueText(over) ?? valueText(over, over.interim ?? null)} quality={over.value !== null ? over.quality : over.interim !== null && over.interim !== undefined ? 'estimated' : 'good'} stale={stale} subject={{ of: 'kpi', name, window: period }} /></dd>
            </div>
          ) : null;
        })}
      </dl>
    </article>
  );
}

/** "stale since 09:24:31": no value is shown as of now when it is not. */
function StaleWord() {
  const zone = site.value?.zone;
  const now = serverNow.value;
  return (
    <span class="word-stale" data-test="stale-word">
      <MarkShape mark="stale" />
      {zone && now !== null && lastWord.value !== null ? say('stale.since', { time: clockTime(language.value, zone, now - silence.value) }) : say('stale.word')}
    </span>
  );
}

function yesterdayLabel(): string {
  const zone = site.value?.zone ?? 'UTC';
  return say('figure.yesterday', { time: shortTime(language.value, zone, serverNow.value ?? 0) });
}

export function categoryMeaning(category: number): string {
  return category === 1 || category === 2 || category === 3 ? say(`figure.category.meaning.${category}`) : '';
}

function figureWords(name: 'pue' | 'wue', kpi: Kpi | undefined, text: string | null, stale: boolean): string {
  const words = [say(`figure.${name}.long`), kpi ? say(`figure.window.${kpi.window}`) : '', text ?? say('figure.unknown'), stale ? say('stale.word') : ''];
  return words.filter(Boolean).join(', ');
}

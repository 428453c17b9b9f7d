import { useComputed } from '@preact/signals';
import { languages } from '../i18n';
import { clockTime, dayText, offsetText } from '../model/times';
import { grownAge, showAge } from '../model/ages';
import { markOfPriority } from '../model/alarms';
import { standing } from '../model/collectors';
import { behind } from '../model/stores';
import { verdictOf } from '../model/verdict';
import { monotonic, serverNow } from '../state/clock';
import { explain, helpOpen } from '../state/explained';
import { effectiveScheme, language, setLanguage, setScheme } from '../state/preferences';
import { devices, pageIsStale, site, summary } from '../state/store';
import { MarkShape } from './Mark';
import { say, sayNumber } from './say';

/** The line of truth: where we are, how things stand, how old the oldest number is. Quiet until a person must act. */
export function Truth() {
  const verdict = useComputed(() => {
    if (!summary.value) {
      return null;
    }
    const stale = summary.value.value.devices.stale ?? [...devices.value.values()].filter(({ value }) => value.state === 'stale').length;
    return verdictOf(summary.value.value, stale, pageIsStale.value);
  });
  const shown = verdict.value;
  return (
    <header class="truth" data-mark={shown?.mark}>
      <h1 class="truth-site">{site.value?.id ?? 'EdgeDcim'}</h1>
      {shown && (
        <p class={`verdict verdict-${shown.mark}`} data-test="verdict">
          <MarkShape mark={shown.mark} />
          {say(shown.key, { n: sayNumber(shown.n) === String(shown.n) ? shown.n : sayNumber(shown.n) })}
        </p>
      )}
      <Counts />
      <Clock />
      <Switches />
    </header>
  );
}

function Counts() {
  const heard = summary.value;
  if (!heard) {
    return <dl class="counts" />;
  }
  const { agents, devices: counted, oldest, alarms, readingsPerSecond, collector, stores } = heard.value;
  const loud = [[alarms.critical, 'critical'], [alarms.high, 'high'], [alarms.medium, 'medium'], [alarms.low, 'low']] as const;
  const active = loud.filter(([n]) => n > 0);
  return (
    <dl class="counts" data-stale={pageIsStale.value || undefined}>
      <div>
        <dt>{say('truth.alarms')}</dt>
        <dd class="alarm-counts">
          {active.length === 0 ? say('truth.alarms.none') : active.map(([n, priority]) => (
            <span key={priority} class={`alarm-count alarm-${priority}`}>
              <MarkShape mark={markOfPriority(priority)} />{sayNumber(n)} {say(`truth.alarms.${priority}`)}
            </span>
          ))}
        </dd>
      </div>
      <div data-loud={agents.online < agents.known ? 'alarm' : undefined}>
        <dt>{say('truth.agents')}</dt>
        <dd>{say('truth.of', { n: sayNumber(agents.online), total: sayNumber(agents.known) })}</dd>
      </div>
      <div data-loud={counted.offline > 0 ? 'alarm' : counted.degraded > 0 ? 'advisory' : counted.online < counted.known ? 'stale' : undefined}>
        <dt>{say('truth.devices')}</dt>
        <dd>{say('truth.of', { n: sayNumber(counted.online), total: sayNumber(counted.known) })}</dd>
      </div>
      <div class="oldest">
        <dt>{say('truth.oldest')}</dt>
        <dd>
          {oldest
            ? <button type="button" class="num" onClick={() => explain({ of: 'device', id: oldest.device })}>
                {say('truth.oldest.of', { age: showAge(language.value, grownAge(oldest.ageSeconds, heard.mono, monotonic.value)), device: oldest.device })}
              </button>
            : '–'}
        </dd>
      </div>
      {behind(stores ?? []).map(({ name, lagSeconds, readingsPerSecond: taken }) => (
        <div key={name} class="store" data-test={`store-${name}`} data-loud="advisory">
          <dt>{say('truth.store', { name })}</dt>
          <dd>{say('truth.store.of', { age: showAge(language.value, lagSeconds), n: sayNumber(taken, 0) })}</dd>
        </div>
      ))}
      {collector && (
        <div class="collector" data-test="collector" data-loud={standing(collector).mark === 'good' ? undefined : 'advisory'}>
          <dt>{say('truth.collector')}</dt>
          <dd>{say(standing(collector).key, { host: collector.host, peer: collector.peer })}</dd>
        </div>
      )}
      <div class="rate">
        <dt>{say('truth.rate')}</dt>
        <dd>{sayNumber(readingsPerSecond, readingsPerSecond < 10 ? 1 : 0)}</dd>
      </div>
    </dl>
  );
}

/** The site's time, not the reader's: two people on the phone must say the same. */
function Clock() {
  const now = serverNow.value;
  const zone = site.value?.zone;
  if (now === null || !zone) {
    return <p class="clock" />;
  }
  return (
    <p class="clock" title={zone} aria-label={say('truth.time')} role="timer">
      <span class="clock-day">{dayText(language.value, zone, now)}</span>
      <time class="clock-time">{clockTime(language.value, zone, now)}</time>
      <span class="clock-offset">{offsetText(zone, now)}</span>
    </p>
  );
}

function Switches() {
  const dark = effectiveScheme() === 'dark';
  const next = dark ? 'light' : 'dark';
  return (
    <div class="switches">
      <div class="language" role="group" aria-label={say('switch.language')}>
        {languages.map(({ id, name }) => (
          <button key={id} type="button" lang={id} aria-pressed={language.value === id} data-test={`language-${id}`} onClick={() => setLanguage(id)}>
            {id === 'en' ? 'EN' : name}
          </button>
        ))}
      </div>
      <button type="button" class="icon" data-test="scheme" aria-label={say(`switch.scheme.${next}`)} title={say(`switch.scheme.${next}`)} onClick={() => setScheme(next)}>
        <svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" /><path d={dark ? 'M8 2a6 6 0 0 1 0 12Z' : 'M8 2a6 6 0 0 0 0 12Z'} fill="currentColor" /></svg>
      </button>
      <button type="button" class="icon" aria-label={say('switch.help')} title={say('switch.help')} aria-expanded={helpOpen.value} onClick={() => { helpOpen.value = !helpOpen.value; }}>?</button>
    </div>
  );
}

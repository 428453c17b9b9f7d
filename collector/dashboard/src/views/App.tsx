import type { LiveStream } from '../live/liveStream';
import { showAge } from '../model/ages';
import { headline } from '../model/figures';
import { clockTime } from '../model/times';
import { serverNow } from '../state/clock';
import { language } from '../state/preferences';
import { devices, hasState, kpis, link, pageIsStale, silence, site, summary } from '../state/store';
import { Alarms, Announcements } from './Alarms';
import { Devices } from './Devices';
import { Equipment } from './Equipment';
import { Explain } from './Explain';
import { Figures, valueText } from './Figures';
import { Help } from './Help';
import { Empty, Refused, Skeleton, Unreachable } from './PageStates';
import { PowerFlow } from './PowerFlow';
import { say } from './say';
import { Trend } from './Trend';
import { Truth } from './Truth';

export function App({ stream }: { stream: LiveStream }) {
  useTitle();
  return (
    <>
      <Truth />
      <Band stream={stream} />
      <Announcements />
      <Alarms />
      <Body stream={stream} />
      <Explain />
      <Help />
    </>
  );
}

function Body({ stream }: { stream: LiveStream }) {
  const now = link.value;
  if (now.state === 'refused') {
    return <Refused problem={now.problem} onRetry={() => stream.restart()} />;
  }
  if (!hasState.value) {
    return now.state === 'reconnecting' ? <Unreachable onRetry={() => stream.restart()} /> : <Skeleton />;
  }
  if (devices.value.size === 0 && (summary.value?.value.agents.known ?? 0) === 0) {
    return <Empty />;
  }
  return (
    <main class="page" data-page-stale={pageIsStale.value || undefined}>
      <Figures />
      <PowerFlow />
      <Trend />
      <Equipment />
      <Devices />
    </main>
  );
}

/** Says since when nothing was heard, and by how much every value has aged. */
function Band({ stream }: { stream: LiveStream }) {
  const now = link.value;
  if (now.state !== 'reconnecting' || !hasState.value) {
    return null;
  }
  const zone = site.value?.zone ?? 'UTC';
  const since = serverNow.value === null ? null : serverNow.value - silence.value;
  return (
    <div class="band" data-test="band">
      <p>{say('band.reconnecting', { time: since === null ? '–' : clockTime(language.value, zone, since), age: showAge(language.value, silence.value / 1_000) })}</p>
      <button type="button" onClick={() => stream.restart()}>{say('band.retry')}</button>
    </div>
  );
}

/** The figure in the tab's title, for the person who has the page behind others. */
function useTitle(): void {
  const pue = headline(kpis.value.value, 'pue');
  const text = pue && !pageIsStale.value ? valueText(pue) : null;
  const name = site.value?.id ?? 'EdgeDcim';
  const title = `${say('figure.pue')} ${text ?? '–'} · ${name}`;
  if (document.title !== title) {
    document.title = title;
  }
}

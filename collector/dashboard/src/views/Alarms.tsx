import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { alarmText, causeLabel } from '../i18n/alarms';
import { evidenceText } from '../i18n/evidence';
import { partLabel } from '../i18n';
import { collapse, isUnacknowledged, markOfAlarm, onList, urgentFirst, type AlarmList } from '../model/alarms';
import { clockTime } from '../model/times';
import { formatShare } from '../model/numbers';
import { serverNow } from '../state/clock';
import { explain } from '../state/explained';
import { acknowledge, shownAlarms } from '../state/operator';
import { language } from '../state/preferences';
import { alarms, pageIsStale, site, summary } from '../state/store';
import type { Alarm } from '../types';
import { Age } from './Age';
import { moveRow } from './Devices';
import { MarkShape } from './Mark';
import { say, sayNumber } from './say';

/** Rows drawn before a person asks for more. */
const FIRST_ROWS = 50;

const lists: readonly AlarmList[] = ['shown', 'shelved', 'suppressed', 'out'];

/** What a person must act on, the most urgent first. The section takes no room while there is nothing. */
export function Alarms() {
  const list = useSignal<AlarmList>('shown');
  const all = useSignal(false);
  const counts = useComputed(() => new Map(lists.map((name) => [name, [...alarms.value.values()].filter((alarm) => onList(alarm, name)).length])));
  const rows = useComputed(() => (list.value === 'shown' ? shownAlarms.value : urgentFirst([...alarms.value.values()].filter((alarm) => onList(alarm, list.value)))));
  if (alarms.value.size === 0) {
    return null;
  }
  const flood = summary.value?.value.alarms;
  const inFlood = list.value === 'shown' && flood?.floodSince != null;
  const { kept, others } = inFlood && !all.value ? collapse(rows.value) : { kept: rows.value, others: [] };
  const drawn = all.value ? kept : kept.slice(0, FIRST_ROWS);
  return (
    <section class="alarms" id="alarms" tabIndex={-1} aria-labelledby="alarms-title" data-test="alarms" data-stale={pageIsStale.value || undefined}>
      <div class="alarms-head">
        <h2 id="alarms-title">{say('alarms.title')}</h2>
        <div class="alarms-lists" role="group" aria-labelledby="alarms-title">
          {lists.filter((name) => name === 'shown' || (counts.value.get(name) ?? 0) > 0).map((name) => (
            <button key={name} type="button" aria-pressed={list.value === name} data-test={`alarms-${name}`} onClick={() => { list.value = name; all.value = false; }}>
              {say(`alarms.list.${name}`, { n: sayNumber(counts.value.get(name) ?? 0) })}
            </button>
          ))}
        </div>
      </div>
      {inFlood && flood.floodSince ? (
        <p class="flood" data-test="flood">
          <MarkShape mark="alarm" />
          <span>{say('alarms.flood', { time: clockTime(language.value, site.value?.zone ?? 'UTC', Date.parse(flood.floodSince)), n: sayNumber(flood.recent) })}</span>
          <button type="button" onClick={() => { all.value = !all.value; }}>{all.value ? say('alarms.flood.few') : say('alarms.flood.all', { n: sayNumber(rows.value.length) })}</button>
        </p>
      ) : null}
      {others.length > 0 ? <ul class="flood-others" data-test="flood-others">{others.slice(0, 8).map(({ cause, n }) => <li key={cause}>{say('alarms.flood.others', { cause: causeLabel(language.value, cause), n })}</li>)}</ul> : null}
      <div class="alarms-scroll">
        <table onKeyDown={moveRow}>
          <tbody>
            {drawn.map((alarm, index) => <Row key={alarm.id} alarm={alarm} first={index === 0} />)}
          </tbody>
        </table>
        {drawn.length < kept.length ? <button type="button" class="more" onClick={() => { all.value = true; }}>{say('alarms.all', { n: kept.length - drawn.length })}</button> : null}
        {rows.value.length === 0 ? <p class="empty">{say('alarms.none')}</p> : null}
      </div>
    </section>
  );
}

export function subjectOf(alarm: Alarm): string {
  return alarm.part ? say('part.named', { metric: alarm.device, part: partLabel(language.value, alarm.part) }) : alarm.device;
}

/** The text in the reader's language; a detector says how sure it is. */
export function textOf(alarm: Alarm): string {
  const text = alarmText(language.value, alarm.text);
  return alarm.confidence === null ? text : say('alarms.byConfidence', { text, n: formatShare(language.value, alarm.confidence) });
}

/** The evidence in the language of the page. */
export function saidOf(alarm: Alarm): string {
  return evidenceText(language.value, alarm.evidence);
}

function Row({ alarm, first }: { alarm: Alarm; first: boolean }) {
  const mark = markOfAlarm(alarm);
  const open = (): void => explain({ of: 'alarm', id: alarm.id });
  const unseen = isUnacknowledged(alarm);
  return (
    <tr tabIndex={first ? 0 : -1} data-alarm={alarm.id} data-test={`alarm-${alarm.id}`} data-priority={alarm.priority} data-unseen={unseen || undefined} onClick={open}
      onKeyDown={(event) => { if (event.key === 'Enter' && event.target === event.currentTarget) { event.preventDefault(); open(); } }}>
      <td class={`word-${mark} alarm-priority`}><span class="cell-state"><MarkShape mark={mark} />{say(`alarms.priority.${alarm.priority}`)}</span></td>
      <th scope="row" class="alarm-what"><span class="alarm-cause">{causeLabel(language.value, alarm.cause)}</span> <span class="alarm-subject">{subjectOf(alarm)}</span></th>
      <td class="alarm-text"><span class="alarm-line">{textOf(alarm)}</span><span class="alarm-evidence" lang={saidOf(alarm) === alarm.evidence ? 'en' : undefined}>{saidOf(alarm)}</span></td>
      <td class="alarm-order">{alarm.order === 1 ? say('alarms.first') : alarm.order > 1 && alarm.order <= 5 ? say('alarms.order', { n: alarm.order }) : ''}</td>
      <td class="alarm-state">{alarm.unknown ? say('alarms.unknown') : say(`alarms.state.${alarm.state}`)}</td>
      <td class="right alarm-age"><Age of={() => (serverNow.value === null ? null : (serverNow.value - Date.parse(alarm.raised)) / 1_000)} /></td>
      <td class="right alarm-act">
        {unseen && !alarm.shelf && !alarm.outOfService ? (
          <button type="button" class="act" aria-label={say('alarms.acknowledge.of', { name: `${causeLabel(language.value, alarm.cause)} ${subjectOf(alarm)}` })} data-test={`ack-${alarm.id}`}
            onClick={(event) => { event.stopPropagation(); acknowledge(alarm); }}>{say('alarms.acknowledge')}</button>
        ) : null}
      </td>
    </tr>
  );
}

/** The only live region: a screen reader is interrupted for the most urgent alarm that is new, in a flood for the flood alone, and for nothing else. */
export function Announcements() {
  const known = useRef<Set<string> | null>(null);
  const [said, setSaid] = useState('');
  const flood = summary.value?.value.alarms;
  const loud = shownAlarms.value.filter((alarm) => alarm.state === 'active_unacknowledged');
  const fresh = known.current === null ? [] : loud.filter((alarm) => !known.current!.has(alarm.id));
  const top = fresh[0];
  const text = top && (top.safety || !flood?.floodSince)
    ? say('alarm.announce.one', { priority: say(`alarms.priority.${top.priority}`), cause: causeLabel(language.value, top.cause), subject: subjectOf(top) })
    : fresh.length > 0 ? say('alarm.announce.flood', { n: sayNumber(flood?.recent ?? fresh.length) }) : null;
  useEffect(() => {
    if (known.current === null && summary.value) {
      const high = (flood?.critical ?? 0) + (flood?.high ?? 0);
      setSaid(high > 0 ? say('alarm.announce', { n: high }) : '');
    }
    known.current = new Set(loud.map((alarm) => alarm.id));
    if (text !== null) {
      setSaid(text);
    }
  });
  return <p class="hidden" role="status" aria-live="assertive" data-test="announced">{said}</p>;
}

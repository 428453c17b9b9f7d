import { useEffect, useState } from 'preact/hooks';
import { fetchStory, type AlarmAct } from '../api';
import { alarmText, causeLabel } from '../i18n/alarms';
import type { MessageKey } from '../i18n';
import { en } from '../i18n/messages.en';
import { isUnacknowledged, markOfAlarm } from '../model/alarms';
import { instantText } from '../model/times';
import { serverNow } from '../state/clock';
import { explain } from '../state/explained';
import { operator, perform, refusal, setOperator, token } from '../state/operator';
import { language } from '../state/preferences';
import { alarms, site } from '../state/store';
import type { Alarm, AlarmStory } from '../types';
import { saidOf, subjectOf, textOf } from './Alarms';
import { MarkShape } from './Mark';
import { say } from './say';

const spans = ['30m', '2h', '8h', '24h'] as const;

export function alarmTitle(id: string): string {
  const alarm = alarms.value.get(id);
  return alarm ? causeLabel(language.value, alarm.cause) : say('alarms.title');
}

/** One alarm: what it is, why it is there, what was done about it, and what can be done now. */
export function AlarmBody({ id }: { id: string }) {
  const [story, setStory] = useState<AlarmStory | null>(null);
  const live = alarms.value.get(id);
  const changed = live?.changed;
  useEffect(() => {
    let mine = true;
    fetchStory(id).then((found) => { if (mine) { setStory(found); } }).catch(() => { if (mine) { setStory(null); } });
    return () => { mine = false; };
  }, [id, changed]);
  const alarm = live ?? (story?.alarm.id === id ? story.alarm : undefined);
  if (!alarm) {
    return <p class="empty">{say('explain.gone')}</p>;
  }
  const mark = markOfAlarm(alarm);
  return (
    <>
      <p class={`explain-state word-${mark}`}><MarkShape mark={mark} />{say(`alarms.priority.${alarm.priority}`)}</p>
      <p class="alarm-said" data-test="alarm-text">{textOf(alarm)}</p>
      <dl class="facts">
        <div class="fact"><dt>{say('alarms.subject')}</dt><dd><button type="button" class="num" onClick={() => explain({ of: 'device', id: alarm.device })}>{subjectOf(alarm)}</button></dd></div>
        <Fact name="alarms.state" text={alarm.unknown ? say('alarms.unknown') : say(`alarms.state.${alarm.state}`)} />
        <Fact name="alarms.raised" text={at(alarm.raised)} />
        <Fact name="alarms.times" text={String(alarm.times)} />
        <Fact name="alarms.evidence" text={saidOf(alarm)} wide english={saidOf(alarm) === alarm.evidence} />
        <Fact name="alarms.acknowledgedBy" text={alarm.acknowledgedBy && alarm.acknowledged ? say('alarms.byAt', { user: alarm.acknowledgedBy, time: at(alarm.acknowledged) }) : null} wide />
        <Fact name="alarms.shelf" text={alarm.shelf ? say('alarms.shelf.text', { user: alarm.shelf.user, time: at(alarm.shelf.until), reason: alarm.shelf.reason }) : null} wide />
        <Fact name="alarms.outOfService" text={alarm.outOfService ? say('alarms.outOfService.text', { user: alarm.outOfService.user, time: at(alarm.outOfService.since), reason: alarm.outOfService.reason }) : null} wide />
        <Fact name="alarms.suppressedBy" text={alarm.suppressedBy} wide english />
        <Fact name="alarms.comment" text={alarm.comment} wide />
        <Fact name="alarms.sources" text={alarm.sources.join(', ')} wide english />
      </dl>
      <Act alarm={alarm} />
      <h3>{say('alarms.trail')}</h3>
      <ol class="trail" data-test="trail">
        {(story?.alarm.id === id ? story.trail : []).slice(-100).reverse().map((change, index) => (
          <li key={index}>
            <time>{at(change.at)}</time>
            <span>{say(eventKey(change.event))}</span>
            <span class="quiet">{[change.user === 'edgedcim' ? null : change.user, change.reason ? alarmText(language.value, change.reason) : null].filter(Boolean).join(': ')}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function eventKey(event: string): MessageKey {
  const key = `alarms.event.${event}`;
  return (key in en ? key : 'alarms.event.commented') as MessageKey;
}

function at(iso: string): string {
  return instantText(language.value, site.value?.zone ?? 'UTC', Date.parse(iso), serverNow.value);
}

function Fact({ name, text, wide, english }: { name: MessageKey; text: string | null; wide?: boolean; english?: boolean }) {
  return text ? <div class={wide ? 'fact fact-wide' : 'fact'}><dt>{say(name)}</dt><dd lang={english ? 'en' : undefined}>{text}</dd></div> : null;
}

/** Name, reason and the buttons that fit the alarm as it is. */
function Act({ alarm }: { alarm: Alarm }) {
  const [reason, setReason] = useState('');
  const [span, setSpan] = useState<string>('2h');
  const [missing, setMissing] = useState<MessageKey | null>(null);
  const refused = refusal.value?.id === alarm.id ? refusal.value : null;
  const act = (what: AlarmAct, needsReason: boolean): void => {
    if (operator.value.trim() === '' && token.value === '') {
      setMissing('alarms.needUser');
      document.getElementById('alarm-user')?.focus();
      return;
    }
    if (needsReason && reason.trim() === '') {
      setMissing('alarms.needReason');
      document.getElementById('alarm-reason')?.focus();
      return;
    }
    setMissing(null);
    void perform(alarm, what, { ...(reason.trim() ? { reason: reason.trim() } : {}), ...(what === 'shelve' ? { for: span } : {}) }).then((done) => { if (done) { setReason(''); } });
  };
  return (
    <form class="act-form" onSubmit={(event) => { event.preventDefault(); if (isUnacknowledged(alarm)) { act('acknowledge', false); } }} data-test="act">
      <h3>{say('alarms.actions')}</h3>
      <label><span>{say('alarms.user')}</span><input id="alarm-user" autocomplete="username" maxLength={100} value={operator.value} onInput={(event) => setOperator(event.currentTarget.value)} /></label>
      <label class="act-reason"><span>{say('alarms.reason')}</span><input id="alarm-reason" autocomplete="off" maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} /></label>
      {refused?.needsToken || token.value ? (
        <label class="act-reason"><span>{say('alarms.token')}</span><input id="alarm-token" type="password" autocomplete="off" value={token.value} onInput={(event) => { token.value = event.currentTarget.value; }} /></label>
      ) : null}
      <div class="act-buttons">
        {isUnacknowledged(alarm) ? <button type="submit" class="act act-first" data-test="act-acknowledge">{say('alarms.acknowledge')}</button> : null}
        {alarm.shelf
          ? <button type="button" class="act" data-test="act-unshelve" onClick={() => act('unshelve', false)}>{say('alarms.unshelve')}</button>
          : (
            <span class="act-shelve">
              <button type="button" class="act" data-test="act-shelve" onClick={() => act('shelve', true)}>{say('alarms.shelve')}</button>
              <select aria-label={say('alarms.for')} value={span} onChange={(event) => setSpan(event.currentTarget.value)}>
                {spans.map((one) => <option key={one} value={one}>{one.endsWith('m') ? say('duration.minutes', { n: one.slice(0, -1) }) : say('alarms.hours', { n: one.slice(0, -1) })}</option>)}
              </select>
            </span>
          )}
        {alarm.outOfService
          ? <button type="button" class="act" data-test="act-in-service" onClick={() => act('in-service', false)}>{say('alarms.inService')}</button>
          : <button type="button" class="act" data-test="act-out-of-service" onClick={() => act('out-of-service', true)}>{say('alarms.outOfService')}</button>}
        <button type="button" class="act" data-test="act-comment" onClick={() => act('comment', true)}>{say('alarms.comment')}</button>
      </div>
      {missing ? <p class="word-advisory" role="alert">{say(missing)}</p> : refused ? <p class="word-advisory" role="alert">{say('alarms.failed', { reason: refused.reason })}</p> : null}
    </form>
  );
}

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fetchChannels, testChannel } from '../api';
import type { MessageKey } from '../i18n';
import { helpOpen } from '../state/explained';
import { token } from '../state/operator';
import type { Channel } from '../types';
import { MarkShape } from './Mark';
import { say } from './say';

const keys: readonly (readonly [string[], MessageKey])[] = [
  [['/'], 'help.search'],
  [['a'], 'help.acknowledge'],
  [['g', 'a'], 'help.goAlarms'],
  [['g', 'f'], 'help.goFigures'],
  [['g', 'p'], 'help.goFlow'],
  [['g', 't'], 'help.goTrend'],
  [['g', 'e'], 'help.goEquipment'],
  [['g', 'd'], 'help.goDevices'],
  [['↑', '↓'], 'help.rows'],
  [['Enter'], 'help.open'],
  [['Esc'], 'help.close'],
  [['c'], 'help.scheme'],
  [['l'], 'help.language'],
  [['?'], 'help.help'],
];

/** The keyboard and the marks, on one card. */
export function Help() {
  const close = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => { close.current?.focus(); }, [helpOpen.value]);
  if (!helpOpen.value) {
    return null;
  }
  return (
    <div class="explain" role="dialog" aria-modal="false" aria-labelledby="help-title" data-test="help">
      <header>
        <h2 id="help-title">{say('help.title')}</h2>
        <button ref={close} type="button" class="icon" aria-label={say('explain.close')} onClick={() => { helpOpen.value = false; }}>×</button>
      </header>
      <div class="explain-body">
        <dl class="keys">
          {keys.map(([names, what]) => (
            <div key={what}><dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt><dd>{say(what)}</dd></div>
          ))}
        </dl>
        <h3>{say('help.marks')}</h3>
        <ul class="marks">
          <li><span class="marks-shape" />{say('help.mark.good')}</li>
          <li class="word-advisory"><span class="marks-shape"><MarkShape mark="advisory" /></span>{say('help.mark.advisory')}</li>
          <li class="word-alarm"><span class="marks-shape"><MarkShape mark="alarm" /></span>{say('help.mark.alarm')}</li>
          <li class="word-stale"><span class="marks-shape"><MarkShape mark="stale" /></span>{say('help.mark.stale')}</li>
          <li><span class="marks-shape tilde">~</span>{say('help.mark.estimated')}</li>
        </ul>
        <Channels />
      </div>
    </div>
  );
}

/** Who is told of alarms, and a button that tries it. */
function Channels() {
  const [channels, setChannels] = useState<Channel[]>([]);
  const [said, setSaid] = useState<Record<string, string>>({});
  useEffect(() => { fetchChannels().then(setChannels).catch(() => setChannels([])); }, []);
  const test = (name: string): void => {
    const keep = (text: string): void => setSaid((before) => ({ ...before, [name]: text }));
    keep(say('notify.testing'));
    testChannel(name, token.value || null)
      .then((outcome) => keep(outcome.sent ? say('notify.taken') : say('alarms.failed', { reason: outcome.reason ?? '' })))
      .catch((error: unknown) => keep(say('alarms.failed', { reason: error instanceof Error ? error.message : String(error) })));
  };
  return (
    <>
      <h3>{say('notify.title')}</h3>
      {channels.length === 0 ? <p class="quiet">{say('notify.none')}</p> : (
        <ul class="channels" data-test="channels">
          {channels.map(({ name, way, waiting }) => (
            <li key={name}>
              <span>{name} <span class="quiet">{way}</span></span>
              <span class="quiet">{said[name] ?? (waiting > 0 ? say('notify.waiting', { n: waiting }) : '')}</span>
              <button type="button" class="act" onClick={() => test(name)}>{say('notify.test')}</button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

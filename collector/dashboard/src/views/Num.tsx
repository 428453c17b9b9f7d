import type { Quality } from '../types';
import { explain, type Subject } from '../state/explained';
import { Changing } from './Changing';
import { say } from './say';

interface NumProps {
  /** What the number is, for those who cannot see where it stands. */
  name: string;
  text: string | null;
  unit?: string;
  subject: Subject;
  quality?: Quality;
  stale?: boolean;
  class?: string;
}

/** A number that answers a click. Unknown is a dash; stale and unsound ones are hatched, and estimated ones carry a tilde. */
export function Num({ name, text, unit, subject, quality = 'good', stale = false, class: extra }: NumProps) {
  const old = stale || quality === 'suspect' || quality === 'missing';
  const words = [name, text === null ? say('figure.unknown') : `${text} ${unit ?? ''}`, quality === 'good' ? '' : say(`quality.${quality}`), stale ? say('stale.word') : ''];
  return (
    <button type="button" class={`num ${extra ?? ''}`} data-stale={old || undefined} aria-label={words.filter(Boolean).join(', ')} onClick={() => explain(subject)}>
      <span class="num-text">
        {quality === 'estimated' && <span class="tilde" aria-hidden="true">~</span>}
        {text === null ? '–' : <Changing text={text} />}
      </span>
      {text !== null && unit ? <span class="unit">{unit}</span> : null}
    </button>
  );
}

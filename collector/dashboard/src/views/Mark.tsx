import type { Mark } from '../model/marks';
import type { Quality } from '../types';

/** The shape of a state. Good has none, so that what has one stands out. The word is always written beside it. */
export function MarkShape({ mark }: { mark: Mark }) {
  if (mark === 'good') {
    return null;
  }
  return (
    <svg class={`mark mark-${mark}`} viewBox="0 0 16 16" aria-hidden="true">
      {mark === 'stale'
        ? <g fill="none" stroke="currentColor"><rect x="2" y="2" width="12" height="12" stroke-width="1.5" /><path d="M2 9 9 2M2 14 14 2M7 14l7-7" stroke-width="1.5" /></g>
        : <path d="M8 2 15 14.2H1Z" fill={mark === 'alarm' ? 'currentColor' : 'none'} stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />}
    </svg>
  );
}

/** How loudly the word of a quality is written. */
export function qualityClass(quality: Quality): string {
  return quality === 'good' ? 'quiet' : quality === 'missing' ? 'word-stale' : 'word-advisory';
}

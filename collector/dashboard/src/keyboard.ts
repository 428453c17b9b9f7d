import { closeExplained, explained, helpOpen } from './state/explained';
import { acknowledgeFocused } from './state/operator';
import { effectiveScheme, language, setLanguage, setScheme } from './state/preferences';

const places: Record<string, string> = { a: 'alarms', f: 'figures', p: 'flow', t: 'trend', e: 'equipment', d: 'devices' };

/** Time in which the letter after `g` must come. */
const CHORD_MS = 1_500;

/** Keys that work everywhere except while someone types. */
export function listenToKeys(): void {
  let chordUntil = 0;
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
      return;
    }
    const place = event.timeStamp < chordUntil ? places[event.key] : undefined;
    chordUntil = 0;
    if (place) {
      goTo(place);
    } else if (event.key === 'g') {
      chordUntil = event.timeStamp + CHORD_MS;
    } else if (event.key === '/') {
      const search = document.getElementById('search');
      search?.focus();
      search?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'a') {
      if (!acknowledgeFocused()) {
        return;
      }
    } else if (event.key === '?') {
      helpOpen.value = !helpOpen.value;
    } else if (event.key === 'Escape') {
      helpOpen.value = false;
      if (explained.value) {
        closeExplained();
      }
    } else if (event.key === 'c') {
      setScheme(effectiveScheme() === 'dark' ? 'light' : 'dark');
    } else if (event.key === 'l') {
      setLanguage(language.value === 'en' ? 'zh-CN' : 'en');
    } else {
      return;
    }
    event.preventDefault();
  });
}

function goTo(id: string): void {
  const place = document.getElementById(id);
  const first = id === 'devices' || id === 'alarms' ? place?.querySelector<HTMLElement>('tbody tr') : null;
  (first ?? place)?.focus({ preventScroll: true });
  place?.scrollIntoView({ block: 'start' });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

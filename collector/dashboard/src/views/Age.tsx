import { showAge } from '../model/ages';
import { language } from '../state/preferences';

/** An age in words. It lives in a component of its own so that a second's tick redraws nothing else. */
export function Age({ of }: { of: () => number | null }) {
  return <span class="age">{showAge(language.value, of())}</span>;
}

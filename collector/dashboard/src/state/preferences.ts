import { effect, signal } from '@preact/signals';
import { languageOf, type Language } from '../i18n';

export type Scheme = 'auto' | 'dark' | 'light';

const LANGUAGE_KEY = 'edgedcim.language';
const SCHEME_KEY = 'edgedcim.scheme';

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden; the page works without
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // the choice then lives as long as the page
  }
}

export const language = signal<Language>(languageOf([stored(LANGUAGE_KEY) ?? '', ...navigator.languages]));

const savedScheme = stored(SCHEME_KEY);
export const scheme = signal<Scheme>(savedScheme === 'dark' || savedScheme === 'light' ? savedScheme : 'auto');

const prefersLight = matchMedia('(prefers-color-scheme: light)');
const systemIsLight = signal(prefersLight.matches);
prefersLight.addEventListener('change', (event) => { systemIsLight.value = event.matches; });

/** The scheme in force, so that canvases know when to take their colours anew. */
export function effectiveScheme(): 'dark' | 'light' {
  if (scheme.value !== 'auto') {
    return scheme.value;
  }
  return systemIsLight.value ? 'light' : 'dark';
}

export function setLanguage(value: Language): void {
  language.value = value;
  store(LANGUAGE_KEY, value);
}

export function setScheme(value: Scheme): void {
  scheme.value = value;
  store(SCHEME_KEY, value);
}

effect(() => { document.documentElement.lang = language.value; });
effect(() => { document.documentElement.dataset['scheme'] = effectiveScheme(); });

import { en } from './messages.en';
import { zhCN } from './messages.zh-CN';
import * as wordsEn from './words.en';
import * as wordsZh from './words.zh-CN';

export type Language = 'en' | 'zh-CN';
export type Message = string | { readonly one: string; readonly other: string };
export type MessageKey = keyof typeof en;
export type Messages = Record<MessageKey, Message>;
export type Params = Record<string, string | number>;

interface Words {
  metrics: Record<string, string>;
  kinds: Record<string, string>;
  states: Record<string, string>;
  statesOf: Record<string, string>;
  parts: Record<string, string>;
}

export const languages: readonly { id: Language; name: string }[] = [
  { id: 'en', name: 'English' },
  { id: 'zh-CN', name: '中文' },
];

export const catalogues: Record<Language, Messages> = { en, 'zh-CN': zhCN };
export const wordlists: Record<Language, Words> = { en: wordsEn, 'zh-CN': wordsZh };

/** The first of the wished-for languages that we speak; English when none is. */
export function languageOf(wished: readonly string[]): Language {
  for (const tag of wished) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'zh') {
      return 'zh-CN';
    }
    if (primary === 'en') {
      return 'en';
    }
  }
  return 'en';
}

const plurals: Record<Language, Intl.PluralRules> = { en: new Intl.PluralRules('en'), 'zh-CN': new Intl.PluralRules('zh-CN') };

/** The message in a language; `n` among the parameters chooses the plural. */
export function translate(language: Language, key: MessageKey, params: Params = {}): string {
  const message = catalogues[language][key];
  const text = typeof message === 'string'
    ? message
    : plurals[language].select(Number(params['n'] ?? 0)) === 'one' ? message.one : message.other;
  return fill(text, params);
}

export function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}

/** Label of a metric; an unknown one is shown by its name, which the vocabulary makes readable. */
export function metricLabel(language: Language, metric: string): string {
  return wordlists[language].metrics[metric] ?? metric;
}

export function kindLabel(language: Language, kind: string | null): string {
  return kind === null ? '' : wordlists[language].kinds[kind] ?? kind;
}

/** Word of a state metric's state. */
export function stateWord(language: Language, metric: string, state: string): string {
  const words = wordlists[language];
  return words.statesOf[`${metric}/${state}`] ?? words.states[state] ?? state;
}

/** `pump/2` becomes "pump 2" or "泵 2"; `secondary/supply` both words; a name of the site stays as it is. */
export function partLabel(language: Language, part: string): string {
  const words = wordlists[language];
  const pieces = part.split('/').map((piece) => words.parts[piece] ?? piece);
  const [first, second] = pieces;
  return first !== undefined && second !== undefined && pieces.length === 2
    ? translate(language, 'part.numbered', { part: first, n: second })
    : pieces.join(' ');
}

/** Metric and part together, as a sentence of the language would have it. */
export function seriesLabel(language: Language, metric: string, part?: string | null): string {
  const label = metricLabel(language, metric);
  if (!part) {
    return label;
  }
  // A line of the mains stands in front, where no narrow column can cut it off: one line is not the whole.
  return translate(language, /^L[123]$/.test(part) ? 'part.line' : 'part.named', { metric: label, part: partLabel(language, part) });
}

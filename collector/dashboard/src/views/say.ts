import { translate, type MessageKey, type Params } from '../i18n';
import { language } from '../state/preferences';
import { formatNumber } from '../model/numbers';

/** The message in the reader's language; a component that says something is drawn again when the language changes. */
export function say(key: MessageKey, params?: Params): string {
  return translate(language.value, key, params);
}

export function sayNumber(value: number, decimals = 0): string {
  return formatNumber(language.value, value, decimals);
}

import type { Language } from './index';

/**
 * The collector says in English why a figure is not known. For other languages the sentences are known by their form:
 * names and numbers are carried over. A sentence nobody has translated is shown as it came, which beats hiding it.
 */
const known: Record<Exclude<Language, 'en'>, readonly [RegExp, string][]> = {
  'zh-CN': [],
};

export function reasonText(language: Language, reason: string): string {
  if (language === 'en') {
    return reason;
  }
  for (const [form, translation] of known[language]) {
    const match = form.exec(reason);
    if (match) {
      return translation.replace(/\$(\d)/g, (_, n: string) => match[Number(n)] ?? '');
    }
  }
  return reason;
}

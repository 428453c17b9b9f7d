import type { Language } from '../i18n';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, zone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language}/${zone}/${name}`;
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { ...options, timeZone: knownZone(zone), hourCycle: 'h23' });
    formats.set(key, known);
  }
  return known;
}

const zones = new Map<string, string>();

/** A zone this browser does not know is shown in UTC, and the offset beside it says so. */
export function knownZone(zone: string): string {
  let known = zones.get(zone);
  if (!known) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      known = zone;
    } catch {
      known = 'UTC';
    }
    zones.set(zone, known);
  }
  return known;
}

/** 09:24:31 in the site's zone. */
export function clockTime(language: Language, zone: string, ms: number): string {
  return format(language, zone, 'clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms);
}

/** 09:24 in the site's zone. */
export function shortTime(language: Language, zone: string, ms: number): string {
  return format(language, zone, 'short', { hour: '2-digit', minute: '2-digit' }).format(ms);
}

/** The day in the words of the language. */
export function dayText(language: Language, zone: string, ms: number): string {
  return format(language, zone, 'day', { weekday: 'short', day: 'numeric', month: 'short' }).format(ms);
}

/** `+02:00`: the zone's offset at that instant. */
export function offsetText(zone: string, ms: number): string {
  const parts = format('en', zone, 'offset', { timeZoneName: 'longOffset' }).formatToParts(ms);
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return name === 'GMT' ? '+00:00' : name.replace('GMT', '').replace('-', '−');
}

/** Time of an instant: the clock, with the day before it when it is not the site's today. */
export function instantText(language: Language, zone: string, ms: number, nowMs: number | null): string {
  const clock = clockTime(language, zone, ms);
  return nowMs !== null && dayText(language, zone, ms) === dayText(language, zone, nowMs)
    ? clock
    : `${dayText(language, zone, ms)} ${clock}`;
}

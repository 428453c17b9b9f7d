import { translate, type Language } from '../i18n';
import type { Device, DeviceState } from '../types';

/** An age in the largest unit that still says something; it is never rounded up. */
export function showAge(language: Language, seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) {
    return translate(language, 'age.unknown');
  }
  const s = Math.max(0, Math.floor(seconds));
  if (s < 120) {
    return translate(language, 'age.seconds', { n: s });
  }
  const minutes = Math.floor(s / 60);
  if (minutes < 120) {
    return translate(language, 'age.minutes', { n: minutes });
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? translate(language, 'age.hours', { h: hours, m: minutes % 60 })
    : translate(language, 'age.days', { d: Math.floor(hours / 24), h: hours % 24 });
}

/** An age that was told `heardMono`, and what it has grown to since. */
export function grownAge(ageSeconds: number | null, heardMono: number, nowMono: number): number | null {
  return ageSeconds === null ? null : ageSeconds + Math.max(0, nowMono - heardMono) / 1_000;
}

/** A device's age: from its last answer and the server's clock where there are both, else the told age carried on. */
export function deviceAge(device: Device, heardMono: number, nowMono: number, serverNowMs: number | null): number | null {
  const last = device.lastAnswer ? Date.parse(device.lastAnswer) : Number.NaN;
  if (Number.isFinite(last) && serverNowMs !== null) {
    return Math.max(0, (serverNowMs - last) / 1_000);
  }
  return grownAge(device.ageSeconds, heardMono, nowMono);
}

/** The state to show: when the page itself hears nothing, no device is known to be online. */
export function shownState(device: Device, pageStale: boolean): DeviceState {
  return pageStale && (device.state === 'online' || device.state === 'degraded') ? 'stale' : device.state;
}

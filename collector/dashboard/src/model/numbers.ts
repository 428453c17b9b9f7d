import type { Language } from '../i18n';

const formats = new Map<string, Intl.NumberFormat>();

/** A number in the digits and separators of the language, always with the same count of decimals so that columns stand still. */
export function formatNumber(language: Language, value: number, decimals: number): string {
  const key = `${language}/${decimals}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(key, format);
  }
  // "-0.0" is a rounding remnant, not a sign.
  const shown = Math.abs(value) < 0.5 * 10 ** -decimals ? 0 : value;
  return format.format(shown).replace('-', '−');
}

export function formatShare(language: Language, share: number): string {
  // A coverage of 99.96 % is not full: rounding must never promise more than there is.
  const percent = Math.floor(share * 1_000 + 1e-9) / 10;
  return `${formatNumber(language, percent, Number.isInteger(percent) ? 0 : 1)} %`;
}

/**
 * Decimals that an uncertainty allows: its first significant digit, one more when that digit is 1 (GUM 7.2.6),
 * and never more than `most`. Without an uncertainty one decimal less than `most` is claimed.
 */
export function decimalsFor(uncertainty: number | null | undefined, most: number): number {
  if (uncertainty === null || uncertainty === undefined || !(uncertainty > 0)) {
    return Math.max(0, most - 1);
  }
  const exponent = Math.floor(Math.log10(uncertainty));
  const leading = uncertainty / 10 ** exponent;
  const wanted = -exponent + (leading < 1.95 ? 1 : 0);
  return Math.min(most, Math.max(0, wanted));
}

/** How powers are written in one view: the same prefix and the same decimals for all of them. */
export interface PowerScale {
  unit: 'W' | 'kW' | 'MW';
  divisor: number;
  decimals: number;
}

const WATT: PowerScale['unit'][] = ['W', 'kW', 'MW'];

/**
 * Chooses the prefix by the largest power of the view. `previous` gives hysteresis:
 * a site that hovers around a limit does not change its units every minute.
 */
export function choosePowerScale(largestW: number, previous: PowerScale | null): PowerScale {
  const largest = Math.abs(largestW);
  const before = previous ? WATT.indexOf(previous.unit) : -1;
  const kiloFrom = before >= 1 ? 800 : 1_000;
  const megaFrom = before === 2 ? 8_000_000 : 10_000_000;
  const step = largest >= megaFrom ? 2 : largest >= kiloFrom ? 1 : 0;
  const divisor = 10 ** (3 * step);
  if (step === 0) {
    return { unit: 'W', divisor, decimals: 0 };
  }
  if (previous && before === step) {
    return previous;
  }
  const scaled = largest / divisor;
  return { unit: WATT[step]!, divisor, decimals: step === 2 ? 2 : scaled >= 1_000 ? 0 : scaled >= 10 ? 1 : 2 };
}

export function formatPower(language: Language, watts: number, scale: PowerScale): string {
  return formatNumber(language, watts / scale.divisor, scale.decimals);
}

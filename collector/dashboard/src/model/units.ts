import { translate, type Language } from '../i18n';
import { formatNumber, type PowerScale } from './numbers';

/** UCUM code to what a person reads, and the decimals a sensor of that kind deserves. */
const units: Record<string, { text: string; decimals: number }> = {
  '1': { text: '', decimals: 2 },
  '%': { text: '%', decimals: 1 },
  V: { text: 'V', decimals: 1 },
  A: { text: 'A', decimals: 1 },
  mA: { text: 'mA', decimals: 1 },
  Hz: { text: 'Hz', decimals: 2 },
  'V.A': { text: 'VA', decimals: 0 },
  var: { text: 'var', decimals: 0 },
  'kW.h': { text: 'kWh', decimals: 0 },
  'kV.A.h': { text: 'kVAh', decimals: 0 },
  'kvar.h': { text: 'kvarh', decimals: 0 },
  Cel: { text: '°C', decimals: 1 },
  K: { text: 'K', decimals: 1 },
  'L/min': { text: 'L/min', decimals: 1 },
  L: { text: 'L', decimals: 0 },
  m3: { text: 'm³', decimals: 1 },
  'm3/h': { text: 'm³/h', decimals: 0 },
  'm/s': { text: 'm/s', decimals: 1 },
  m: { text: 'm', decimals: 1 },
  kPa: { text: 'kPa', decimals: 0 },
  Pa: { text: 'Pa', decimals: 0 },
  'uS/cm': { text: 'µS/cm', decimals: 0 },
  '[pH]': { text: '', decimals: 2 },
  '{NTU}': { text: 'NTU', decimals: 1 },
  'ug/m3': { text: 'µg/m³', decimals: 0 },
  '/min': { text: 'min⁻¹', decimals: 0 },
  dB: { text: 'dB', decimals: 0 },
  lx: { text: 'lx', decimals: 0 },
  ms: { text: 'ms', decimals: 0 },
  h: { text: 'h', decimals: 0 },
  'L/kWh': { text: 'L/kWh', decimals: 2 },
  'L/(kW.h)': { text: 'L/kWh', decimals: 2 },
  'L/kW.h': { text: 'L/kWh', decimals: 2 },
};

/** Metrics whose tenth is noise. */
const whole = new Set(['battery.charge', 'battery.health', 'fuel.level', 'humidity.relative', 'valve.position', 'valve.command', 'pump.speed', 'fan.output']);

const MEGABYTE = 1_000_000;

export interface Shown {
  text: string;
  unit: string;
}

export function unitText(ucum: string): string {
  return ucum === 'W' ? 'W' : (units[ucum]?.text ?? ucum);
}

/** A measured value as text and unit. Powers follow the scale of the view; times are written as durations. */
export function showValue(language: Language, metric: string, value: number, ucum: string | null, power: PowerScale): Shown {
  ucum ??= '1';
  if (ucum === 'W') {
    return { text: formatNumber(language, value / power.divisor, power.decimals), unit: power.unit };
  }
  if (ucum === 's') {
    return { text: showDuration(language, value), unit: '' };
  }
  if (ucum === 'By') {
    return { text: formatNumber(language, value / MEGABYTE, 1), unit: 'MB' };
  }
  const unit = units[ucum] ?? { text: ucum, decimals: 2 };
  const decimals = whole.has(metric) || (ucum === '1' && Number.isInteger(value) && Math.abs(value) >= 10) ? 0 : unit.decimals;
  return { text: formatNumber(language, value, decimals), unit: unit.text };
}

function showDuration(language: Language, seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 120) {
    return translate(language, 'duration.seconds', { n: s });
  }
  const minutes = Math.round(s / 60);
  return minutes < 120
    ? translate(language, 'duration.minutes', { n: minutes })
    : translate(language, 'duration.hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
}

import type { Device, DeviceState } from '../types';
import type { Mark } from './marks';

const severity: Record<DeviceState, number> = { offline: 0, stale: 1, degraded: 2, unknown: 3, online: 4 };

const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Problems first, then by name the way people count: pdu-2 before pdu-10. */
export function problemsFirst(devices: readonly Device[], stateOf: (device: Device) => DeviceState): Device[] {
  return [...devices].sort((a, b) =>
    severity[stateOf(a)] - severity[stateOf(b)]
    || Number(a.quality === 'good') - Number(b.quality === 'good')
    || natural.compare(a.id, b.id));
}

/** Devices in whose words every word of the query occurs; `labels` adds what is on the screen in the reader's language. */
export function searchDevices(devices: readonly Device[], query: string, labels: (device: Device) => string[]): Device[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return [...devices];
  }
  return devices.filter((device) => {
    const text = [device.id, device.kind, device.vendor, device.model, device.profile, device.agent, device.state, ...labels(device)]
      .filter(Boolean).join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function markOfState(state: DeviceState): Mark {
  return state === 'offline' ? 'alarm' : state === 'degraded' ? 'advisory' : state === 'online' ? 'good' : 'stale';
}

/** Classes of equipment that have a row of their own, in the order of the rows; meters and racks have not. */
const equipment = ['ups', 'generator', 'ats', 'battery', 'transformer', 'cdu', 'immersion', 'chiller', 'cooling_tower', 'cooling_loop', 'pump', 'crac', 'in_row'];

export function equipmentRows(devices: readonly Device[]): Device[] {
  return devices
    .filter((device) => device.kind !== null && equipment.includes(device.kind))
    .sort((a, b) => equipment.indexOf(a.kind!) - equipment.indexOf(b.kind!) || natural.compare(a.id, b.id));
}

/** The value whose last hour says most about a class of equipment. */
const telling: Record<string, string[]> = {
  ups: ['power.active.output', 'load', 'power.active.input'],
  cdu: ['heat.removed', 'flow', 'temperature.supply'],
  immersion: ['temperature.fluid', 'temperature.return', 'heat.removed'],
  chiller: ['temperature.supply', 'cooling.output', 'temperature.return'],
  cooling_tower: ['temperature.supply', 'fan.output'],
};

/** State metrics that are a mode: said as a word beside the name, not as a value. */
const modes = ['ups.mode', 'cooling.mode', 'generator.state', 'ats.source', 'battery.state', 'pump.state', 'state.device'];

export function modeOf(device: Device): Device['vitals'][number] | undefined {
  return modes.flatMap((metric) => device.vitals.filter((vital) => vital.metric === metric)).at(0);
}

export function tellingVital(device: Device): Device['vitals'][number] | undefined {
  const gauges = device.vitals.filter((vital) => !vital.state && vital.metric !== modeOf(device)?.metric);
  for (const metric of telling[device.kind ?? ''] ?? []) {
    const found = gauges.find((vital) => vital.metric === metric);
    if (found) {
      return found;
    }
  }
  return gauges.find((vital) => vital.value !== null) ?? gauges[0];
}

/** States of the vocabulary that a person should look at, and how loudly. Planned ECO is a state, never an alarm. */
const advisory = new Set(['warning', 'degraded', 'near_overload', 'bypass', 'bypass_maintenance', 'low', 'test', 'boost', 'trim']);
const alarming = new Set(['critical', 'battery', 'bypass_fault', 'fault', 'faulted', 'failed', 'leak', 'alarm', 'overload', 'lost', 'tripped', 'depleted', 'input_lost']);

export function markOfWord(state: string | null | undefined): Mark {
  return state === null || state === undefined || state === 'unknown' ? 'stale'
    : alarming.has(state) ? 'alarm'
    : advisory.has(state) ? 'advisory'
    : 'good';
}

export function seriesPath(device: string, metric: string, part?: string | null): string {
  return part ? `${device}/${metric}/${part}` : `${device}/${metric}`;
}

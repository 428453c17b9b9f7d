import type { MessageKey } from '../i18n';
import type { Summary } from '../types';
import type { Mark } from './marks';

export interface Verdict {
  mark: Mark;
  key: MessageKey;
  n: number;
}

/** The one sentence on top: the worst thing a person should know, and how loudly to say it. */
export function verdictOf(summary: Summary, staleDevices: number, pageStale: boolean): Verdict {
  const { agents, devices, alarms } = summary;
  const agentsOff = agents.known - agents.online;
  if (pageStale) {
    return { mark: 'stale', key: 'truth.verdict.silent', n: 0 };
  }
  if (alarms.critical + alarms.high > 0) {
    return { mark: 'alarm', key: 'truth.verdict.alarms', n: alarms.critical + alarms.high };
  }
  if (agentsOff > 0) {
    return { mark: 'alarm', key: 'truth.verdict.agents', n: agentsOff };
  }
  if (devices.offline > 0) {
    return { mark: 'alarm', key: 'truth.verdict.devices', n: devices.offline };
  }
  if (staleDevices > 0) {
    return { mark: 'stale', key: 'truth.verdict.stale', n: staleDevices };
  }
  if (alarms.medium > 0) {
    return { mark: 'advisory', key: 'truth.verdict.alarms.medium', n: alarms.medium };
  }
  if (devices.degraded > 0) {
    return { mark: 'advisory', key: 'truth.verdict.degraded', n: devices.degraded };
  }
  if (devices.known === 0) {
    return { mark: 'stale', key: 'truth.verdict.none', n: 0 };
  }
  return { mark: 'good', key: 'truth.verdict.fine', n: devices.online };
}

import type { Alarm, AlarmPriority } from '../types';
import type { Mark } from './marks';

export type AlarmList = 'shown' | 'shelved' | 'suppressed' | 'out';

const weight: Record<AlarmPriority, number> = { critical: 3, high: 2, medium: 1, low: 0 };

/** How many of a cascade stay in sight during a flood. */
const FIRST_OUT = 5;

export function isActive(alarm: Alarm): boolean {
  return alarm.state === 'active_unacknowledged' || alarm.state === 'active_acknowledged';
}

export function isUnacknowledged(alarm: Alarm): boolean {
  return alarm.state === 'active_unacknowledged' || alarm.state === 'returned_unacknowledged';
}

export function isShown(alarm: Alarm): boolean {
  return alarm.state !== 'normal' && !alarm.shelf && !alarm.suppressedBy && !alarm.outOfService;
}

export function markOfPriority(priority: AlarmPriority): Mark {
  return priority === 'critical' || priority === 'high' ? 'alarm' : 'advisory';
}

/** An acknowledged alarm is quieter, and one whose data is missing is not known. */
export function markOfAlarm(alarm: Alarm): Mark {
  return alarm.unknown ? 'stale' : isActive(alarm) ? markOfPriority(alarm.priority) : 'advisory';
}

export function onList(alarm: Alarm, list: AlarmList): boolean {
  switch (list) {
    case 'shown': return isShown(alarm);
    case 'shelved': return alarm.shelf !== null;
    case 'suppressed': return alarm.suppressedBy !== null;
    case 'out': return alarm.outOfService !== null;
  }
}

/** What a person must do first comes first: safety, what holds, its priority, what nobody has seen; then the first out of the latest cascade. */
export function urgentFirst(alarms: readonly Alarm[]): Alarm[] {
  return [...alarms].sort((a, b) =>
    Number(b.safety && isActive(b)) - Number(a.safety && isActive(a))
    || Number(isActive(b)) - Number(isActive(a))
    || weight[b.priority] - weight[a.priority]
    || Number(isUnacknowledged(b)) - Number(isUnacknowledged(a))
    || (b.cascade ?? '').localeCompare(a.cascade ?? '')
    || a.order - b.order
    || a.id.localeCompare(b.id));
}

/** What stays in sight in a flood, and how many of each cause do not. Safety, critical and the first out of a cascade always stay. */
export function collapse(alarms: readonly Alarm[]): { kept: Alarm[]; others: { cause: string; n: number }[] } {
  const kept = alarms.filter((alarm) => alarm.safety || alarm.priority === 'critical' || (alarm.order > 0 && alarm.order <= FIRST_OUT));
  const counts = new Map<string, number>();
  const inSight = new Set(kept);
  for (const alarm of alarms) {
    if (!inSight.has(alarm)) {
      counts.set(alarm.cause, (counts.get(alarm.cause) ?? 0) + 1);
    }
  }
  return { kept, others: [...counts].map(([cause, n]) => ({ cause, n })).sort((a, b) => b.n - a.n || a.cause.localeCompare(b.cause)) };
}

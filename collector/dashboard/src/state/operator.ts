import { computed, signal } from '@preact/signals';
import { act, ProblemError, type AlarmAct } from '../api';
import { isShown, isUnacknowledged, markOfAlarm, urgentFirst } from '../model/alarms';
import type { Alarm } from '../types';
import type { Mark } from '../model/marks';
import { explain, explained } from './explained';
import { alarms, applyAlarm } from './store';

const USER_KEY = 'edgedcim.operator';

/** Who acts at this page; the audit trail keeps it. */
export const operator = signal(read(localStorageOrNull(), USER_KEY));

/** For those who are not at the collector itself; it lives as long as the tab. */
export const token = signal('');

/** Why the last action did not work, and for which alarm. */
export const refusal = signal<{ id: string; reason: string; needsToken: boolean } | null>(null);

export const shownAlarms = computed(() => urgentFirst([...alarms.value.values()].filter(isShown)));

const worstByDevice = computed(() => {
  const worst = new Map<string, { id: string; cause: string; mark: Mark }>();
  for (const alarm of shownAlarms.value) {
    if (!worst.has(alarm.device)) {
      worst.set(alarm.device, { id: alarm.id, cause: alarm.cause, mark: markOfAlarm(alarm) });
    }
  }
  return worst;
});

export function worstAlarm(device: string): { id: string; cause: string; mark: Mark } | undefined {
  return worstByDevice.value.get(device);
}

export function setOperator(name: string): void {
  operator.value = name;
  try {
    localStorage.setItem(USER_KEY, name);
  } catch {
    // it then lives as long as the page
  }
}

/** True when it was done. */
export async function perform(alarm: Alarm, what: AlarmAct, by: { reason?: string; for?: string } = {}): Promise<boolean> {
  try {
    applyAlarm(await act(alarm.id, what, { user: operator.value, ...by }, token.value || null));
    refusal.value = null;
    return true;
  } catch (error) {
    const status = error instanceof ProblemError ? error.problem.status : 0;
    refusal.value = { id: alarm.id, reason: error instanceof Error ? error.message : String(error), needsToken: status === 401 || status === 403 };
    explain({ of: 'alarm', id: alarm.id });
    return false;
  }
}

/** The alarm that is open, else the focused row, else the first one that nobody has acknowledged. False when there is none. */
export function acknowledgeFocused(): boolean {
  const open = explained.value?.of === 'alarm' ? explained.value.id : undefined;
  const focused = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-alarm]')?.dataset['alarm'];
  const id = open ?? focused ?? shownAlarms.value.find(isUnacknowledged)?.id;
  const alarm = id === undefined ? undefined : alarms.value.get(id);
  if (!alarm || !isUnacknowledged(alarm)) {
    return false;
  }
  acknowledge(alarm);
  return true;
}

export function acknowledge(alarm: Alarm): void {
  if (operator.value.trim() === '') {
    explain({ of: 'alarm', id: alarm.id });
    return;
  }
  void perform(alarm, 'acknowledge');
}

function localStorageOrNull(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function read(storage: Storage | null, key: string): string {
  return storage?.getItem(key) ?? '';
}

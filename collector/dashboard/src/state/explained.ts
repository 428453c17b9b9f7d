import { signal } from '@preact/signals';
import type { KpiWindow } from '../types';

/** A number that someone asked about. It is named, not copied, so that the explanation stays live. */
export type Subject =
  | { of: 'kpi'; name: string; window: KpiWindow; scope?: string }
  | { of: 'part'; name: string }
  | { of: 'node'; id: string }
  | { of: 'sink'; sink: string }
  | { of: 'device'; id: string }
  | { of: 'vital'; device: string; metric: string; part: string | null };

export const explained = signal<Subject | null>(null);
export const helpOpen = signal(false);
export const query = signal('');

let opener: HTMLElement | null = null;

export function explain(subject: Subject): void {
  opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  helpOpen.value = false;
  explained.value = subject;
}

export function closeExplained(): void {
  explained.value = null;
  if (opener?.isConnected) {
    opener.focus({ preventScroll: true });
  }
  opener = null;
}

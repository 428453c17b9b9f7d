import { signal } from '@preact/signals';
import type { KpiWindow } from '../types';

/** A number that someone asked about. It is named, not copied, so that the explanation stays live. */
export type Subject =
  | { of: 'kpi'; name: string; window: KpiWindow; scope?: string }
  | { of: 'part'; name: string }
  | { of: 'node'; id: string }
  | { of: 'sink'; sink: string }
  | { of: 'device'; id: string }
  | { of: 'alarm'; id: string }
  | { of: 'vital'; device: string; metric: string; part: string | null };

export const explained = signal<Subject | null>(null);
export const helpOpen = signal(false);
export const query = signal('');

/** An alarm has an address that can be sent to a colleague: `#alarm=ID`. */
export function openFromAddress(): void {
  const id = /^#alarm=([0-9a-f]+)$/.exec(location.hash)?.[1];
  if (id) {
    explained.value = { of: 'alarm', id };
  } else if (explained.value?.of === 'alarm') {
    explained.value = null;
  }
}

function rememberInAddress(subject: Subject | null): void {
  const hash = subject?.of === 'alarm' ? `#alarm=${subject.id}` : '';
  if (hash !== location.hash) {
    history.replaceState(null, '', hash || location.pathname + location.search);
  }
}

let opener: HTMLElement | null = null;

export function explain(subject: Subject): void {
  opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  helpOpen.value = false;
  explained.value = subject;
  rememberInAddress(subject);
}

export function closeExplained(): void {
  explained.value = null;
  rememberInAddress(null);
  if (opener?.isConnected) {
    opener.focus({ preventScroll: true });
  }
  opener = null;
}

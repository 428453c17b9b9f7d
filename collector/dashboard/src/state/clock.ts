import { computed, signal } from '@preact/signals';

/** Milliseconds that only go forward; what every age on the page is counted from. */
export const monotonic = signal(performance.now());

/** Server's Unix ms minus our monotonic ms; null until the server has spoken. */
export const serverOffset = signal<number | null>(null);

/** The server's present, carried on by our own clock while nothing arrives. The browser's wall clock is never shown. */
export const serverNow = computed(() => (serverOffset.value === null ? null : serverOffset.value + monotonic.value));

/** Takes over the server's time; small steps of transport delay are ignored so that seconds do not stutter. */
export function setServerTime(atMs: number, mono: number): void {
  const offset = atMs - mono;
  const known = serverOffset.peek();
  if (known === null || Math.abs(offset - known) > 400) {
    serverOffset.value = offset;
  }
}

/** Ticks once a second; calls `onLeap` when the machine slept, because every connection is then suspect. */
export function startClock(onLeap: () => void): () => void {
  let lastMono = performance.now();
  let lastWall = Date.now();
  const timer = setInterval(() => {
    const mono = performance.now();
    const wall = Date.now();
    const leapt = wall - lastWall - (mono - lastMono) > 5_000;
    lastMono = mono;
    lastWall = wall;
    monotonic.value = mono;
    if (leapt) {
      onLeap();
    }
  }, 1_000);
  return () => clearInterval(timer);
}

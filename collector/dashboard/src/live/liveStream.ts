import type { Delta, PageState, Problem } from '../types';
import { fetchState, ProblemError } from '../api';
import { serverNow } from '../state/clock';
import { applyDelta, applyState, lastWord, link, SILENT_AFTER_MS } from '../state/store';

/** Longest pause between two attempts to reach the collector. */
const LONGEST_PAUSE_MS = 10_000;

/** A connection that says nothing this long is taken for dead, even when the browser believes in it. */
const DEAD_AFTER_MS = 12_000;

/**
 * Keeps the store fed: one snapshot, then one EventSource with what changed.
 * The snapshot comes first because only a plain request can say *why* it is refused.
 */
export class LiveStream {
  private source: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private watchdog: ReturnType<typeof setInterval> | null = null;
  private attempts = 0;
  private attempt = 0;
  private openedAt = 0;

  start(): void {
    this.watchdog = setInterval(() => this.watch(), 1_000);
    void this.connect();
  }

  stop(): void {
    this.close();
    if (this.watchdog !== null) {
      clearInterval(this.watchdog);
    }
  }

  /** Drops the connection and tries again at once: after sleep, or because a person asked. */
  restart(): void {
    this.close();
    this.attempts = 0;
    void this.connect();
  }

  private async connect(): Promise<void> {
    const mine = ++this.attempt;
    try {
      const state = await fetchState();
      if (mine !== this.attempt) {
        return;
      }
      applyState(state, performance.now());
      this.listen();
    } catch (error) {
      if (mine === this.attempt) {
        this.failed(error instanceof ProblemError ? error.problem : null);
      }
    }
  }

  private listen(): void {
    this.openedAt = performance.now();
    const source = new EventSource('./api/v1/live');
    this.source = source;
    source.addEventListener('state', (event) => {
      this.heard();
      applyState(JSON.parse(event.data as string) as PageState, performance.now());
    });
    source.addEventListener('delta', (event) => {
      this.heard();
      applyDelta(JSON.parse(event.data as string) as Delta, performance.now());
    });
    source.addEventListener('error', () => {
      // The browser's own retry would hide a refusal, so every attempt begins with the snapshot again.
      if (source === this.source) {
        this.close();
        this.failed(null);
      }
    });
  }

  private heard(): void {
    this.attempts = 0;
    if (link.peek().state !== 'live') {
      link.value = { state: 'live' };
    }
  }

  private watch(): void {
    if (this.source === null) {
      return;
    }
    const quiet = performance.now() - Math.max(lastWord.peek() ?? 0, this.openedAt);
    if (quiet > SILENT_AFTER_MS && link.peek().state === 'live') {
      link.value = { state: 'reconnecting', sinceMs: lastWordAt() };
    }
    if (quiet > DEAD_AFTER_MS) {
      this.close();
      this.failed(null);
    }
  }

  private failed(problem: Problem | null): void {
    const now = link.peek();
    if (problem !== null && refuses(problem)) {
      link.value = { state: 'refused', problem };
    } else if (now.state !== 'reconnecting') {
      link.value = { state: 'reconnecting', sinceMs: lastWordAt() };
    }
    const pause = Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** Math.min(this.attempts, 4));
    this.attempts++;
    this.retry = setTimeout(() => void this.connect(), pause);
  }

  private close(): void {
    this.attempt++;
    this.source?.close();
    this.source = null;
    if (this.retry !== null) {
      clearTimeout(this.retry);
      this.retry = null;
    }
  }
}

/** A refusal is an answer; a missing or failing server is only a pause. */
function refuses(problem: Problem): boolean {
  return problem.status >= 400 && problem.status < 500 && problem.status !== 408 && problem.status !== 429;
}

/** Server time of the last word we heard. */
function lastWordAt(): number | null {
  const heard = lastWord.peek();
  const now = serverNow.peek();
  return heard === null || now === null ? null : now - Math.max(0, performance.now() - heard);
}

import type { History, PageState, Problem, Readings } from './types';

/** Longest wait for a plain request; the collector answers from memory. */
const DEADLINE_MS = 8_000;

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${problem.status}`);
  }
}

export type HistoryOf = { kpi: string; window: string } | { series: string };

export function fetchState(): Promise<PageState> {
  return getJson<PageState>('./api/v1/state');
}

/** Every reading that the collector has of a device. */
export function fetchReadings(device: string): Promise<Readings> {
  return getJson<Readings>(`./api/v1/readings?${new URLSearchParams({ device })}`);
}

/** One series between two instants; `null` in the points is a gap. */
export function fetchHistory(of: HistoryOf, fromMs: number, toMs: number, stepMs: number): Promise<History> {
  const query = new URLSearchParams({
    ...of,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    step: `${Math.round(stepMs / 1_000)}s`,
  });
  return getJson<History>(`./api/v1/history?${query}`);
}

async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(DEADLINE_MS), cache: 'no-store' });
  if (!answer.ok) {
    throw new ProblemError(await problemOf(answer));
  }
  return (await answer.json()) as T;
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    const body = (await answer.json()) as Partial<Problem>;
    return { ...body, status: answer.status };
  } catch {
    return { status: answer.status, title: answer.statusText };
  }
}

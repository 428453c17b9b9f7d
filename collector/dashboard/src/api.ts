import type { Alarm, AlarmStory, Channel, History, PageState, Problem, Readings } from './types';

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

/** An alarm and what happened to it. */
export function fetchStory(id: string): Promise<AlarmStory> {
  return getJson<AlarmStory>(`./api/v1/alarms/${encodeURIComponent(id)}`);
}

export type AlarmAct = 'acknowledge' | 'shelve' | 'unshelve' | 'out-of-service' | 'in-service' | 'comment';

/** Does something to an alarm; `token` is needed by those who are not at the collector itself. */
export function act(id: string, what: AlarmAct, by: { user: string; reason?: string; for?: string }, token: string | null): Promise<Alarm> {
  return postJson<Alarm>(`./api/v1/alarms/${encodeURIComponent(id)}/${what}`, by, token);
}

export function fetchChannels(): Promise<Channel[]> {
  return getJson<Channel[]>('./api/v1/notify');
}

/** Sends a test through a channel and says whether the receiver took it. */
export function testChannel(channel: string, token: string | null): Promise<{ sent: boolean; reason: string | null }> {
  return postJson('./api/v1/notify/test', { channel }, token);
}

async function postJson<T>(url: string, body: object, token: string | null): Promise<T> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(DEADLINE_MS),
    cache: 'no-store',
  });
  if (!answer.ok) {
    throw new ProblemError(await problemOf(answer));
  }
  return (await answer.json()) as T;
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

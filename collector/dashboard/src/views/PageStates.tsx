import type { ComponentChildren } from 'preact';
import type { Problem } from '../types';
import { say } from './say';

/** Before the first answer: the true layout without values, so that nothing jumps when they come. */
export function Skeleton() {
  return (
    <main class="page skeleton" aria-busy="true" aria-label={say('state.loading')} data-test="skeleton">
      <section class="figures">
        <div class="figure"><h2 class="figure-name">{say('figure.pue')}</h2><span class="bone bone-huge" /><span class="bone" /></div>
        <div class="figure"><h2 class="figure-name">{say('figure.wue')}</h2><span class="bone bone-huge" /><span class="bone" /></div>
      </section>
      <section class="why"><h2>{say('flow.title')}</h2><span class="bone bone-fill" /></section>
      <section class="trend"><h2>{say('trend.title')}</h2><span class="bone bone-fill" /></section>
      <section class="equipment"><h2>{say('equipment.title')}</h2><Bones n={6} /></section>
      <section class="devices"><h2>{say('devices.title')}</h2><Bones n={10} /></section>
    </main>
  );
}

function Bones({ n }: { n: number }) {
  return <>{Array.from({ length: n }, (_, index) => <span key={index} class="bone bone-row" />)}</>;
}

function Notice({ title, test, children }: { title: string; test: string; children: ComponentChildren }) {
  return <main class="notice" data-test={test}><h2>{title}</h2>{children}</main>;
}

export function Unreachable({ onRetry }: { onRetry: () => void }) {
  return (
    <Notice title={say('state.unreachable.title')} test="unreachable">
      <p>{say('state.unreachable.text')}</p>
      <p><button type="button" onClick={onRetry}>{say('band.retry')}</button></p>
    </Notice>
  );
}

/** The collector runs and has nothing to show yet: say what to do next. */
export function Empty() {
  return (
    <Notice title={say('state.empty.title')} test="empty">
      <p>{say('state.empty.text')}</p>
      <ol>
        <li>{say('state.empty.step1')}<pre>broker: {'{ url: mqtt://…:1883 }'}</pre></li>
        <li>{say('state.empty.step2')}<pre>edgedcim-agent check -c agent.yaml --connect</pre></li>
        <li>{say('state.empty.step3')}<pre>edgedcim-agent run -c agent.yaml</pre></li>
      </ol>
    </Notice>
  );
}

export function Refused({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  const forbidden = problem.status === 401 || problem.status === 403;
  return (
    <Notice title={say(forbidden ? 'state.forbidden.title' : 'state.error.title')} test="refused">
      {forbidden ? <p>{say('state.forbidden.text')}</p> : null}
      <p class="quiet">{say('state.error.code', { status: problem.status })}</p>
      {problem.title || problem.detail ? <p lang="en">{[problem.title, problem.detail].filter(Boolean).join(' · ')}</p> : null}
      <p><button type="button" onClick={onRetry}>{say('band.retry')}</button></p>
    </Notice>
  );
}

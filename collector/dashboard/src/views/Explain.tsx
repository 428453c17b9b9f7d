import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fetchReadings } from '../api';
import { kindLabel, metricLabel, seriesLabel, stateWord, type MessageKey } from '../i18n';
import { en } from '../i18n/messages.en';
import { reasonText } from '../i18n/reasons';
import { deviceAge, grownAge, shownState } from '../model/ages';
import { markOfState, seriesPath } from '../model/devices';
import { sinks, type Sink } from '../model/flow';
import { decimalsFor, formatNumber, formatPower, formatShare } from '../model/numbers';
import { instantText } from '../model/times';
import { showValue, unitText } from '../model/units';
import { monotonic, serverNow } from '../state/clock';
import { closeExplained, explain, explained, type Subject } from '../state/explained';
import { powerScale } from '../state/power';
import { language } from '../state/preferences';
import { devices, flow, kpiOf, kpis, pageIsStale, site } from '../state/store';
import { seriesTrace } from '../state/trends';
import type { Device, FlowNode, Kpi, KpiInput, Vital } from '../types';
import { Age } from './Age';
import { AlarmBody, alarmTitle } from './AlarmBody';
import { categoryMeaning, valueText } from './Figures';
import { MarkShape, qualityClass } from './Mark';
import { nodeLabel, sinkWatts } from './PowerFlow';
import { say } from './say';
import { spanTitle } from './Trend';
import { Spark } from './Spark';

/** Where a number comes from: formula, inputs and their meters, age, quality, coverage, uncertainty, revision. It stays live. */
export function Explain() {
  const subject = explained.value;
  const close = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => { close.current?.focus({ preventScroll: true }); }, [subject]);
  if (!subject) {
    return null;
  }
  const content = contentOf(subject);
  return (
    <div class="explain" role="dialog" aria-modal="false" aria-labelledby="explain-title" data-test="explain"
      onKeyDown={(event) => { if (event.key === 'Escape') { event.stopPropagation(); closeExplained(); } }}>
      <header>
        <h2 id="explain-title">{content.title}</h2>
        <button ref={close} type="button" class="icon" aria-label={say('explain.close')} title={say('explain.close')} data-test="explain-close" onClick={closeExplained}>×</button>
      </header>
      <div class="explain-body">{content.body}</div>
    </div>
  );
}

function contentOf(subject: Subject): { title: ComponentChildren; body: ComponentChildren } {
  switch (subject.of) {
    case 'kpi': {
      const kpi = kpiOf(kpis.value.value, subject.name, subject.window, subject.scope);
      return { title: kpiTitle(subject.name), body: kpi ? <KpiBody kpi={kpi} /> : <Gone /> };
    }
    case 'part': {
      const kpi = kpiOf(kpis.value.value, 'pue', 'now');
      return { title: sinkTitle(subject.name), body: kpi ? <PartBody name={subject.name} kpi={kpi} /> : <Gone /> };
    }
    case 'sink':
      return { title: sinkTitle(subject.sink), body: <SinkBody sink={subject.sink as Sink} /> };
    case 'node': {
      const node = flow.value.value?.nodes.find((one) => one.id === subject.id);
      return { title: node ? nodeLabel(node, flow.value.value) : subject.id, body: node ? <NodeBody node={node} /> : <Gone /> };
    }
    case 'alarm':
      return { title: alarmTitle(subject.id), body: <AlarmBody id={subject.id} /> };
    case 'device': {
      const heard = devices.value.get(subject.id);
      return { title: subject.id, body: heard ? <DeviceBody device={heard.value} mono={heard.mono} /> : <Gone /> };
    }
    case 'vital': {
      const heard = devices.value.get(subject.device);
      const vital = heard?.value.vitals.find((one) => one.metric === subject.metric && (one.part ?? null) === subject.part);
      return { title: seriesLabel(language.value, subject.metric, subject.part), body: heard && vital ? <VitalBody device={heard.value} vital={vital} mono={heard.mono} /> : <Gone /> };
    }
  }
}

function Gone() {
  return <p class="empty">{say('explain.gone')}</p>;
}

/** One fact of the list; absent ones take no room. */
function Fact({ name, children, wide }: { name: MessageKey; children: ComponentChildren; wide?: boolean }) {
  if (children === null || children === undefined || children === '' || children === false) {
    return null;
  }
  return <div class={wide ? 'fact fact-wide' : 'fact'}><dt>{say(name)}</dt><dd>{children}</dd></div>;
}

function KpiBody({ kpi }: { kpi: Kpi }) {
  const text = valueText(kpi);
  const isPower = kpi.unit === 'W';
  const scale = powerScale.value;
  const shown = kpi.value === null ? '–' : isPower ? formatPower(language.value, kpi.value, scale) : text;
  const unit = isPower ? scale.unit : unitText(kpi.unit);
  const at = Date.parse(kpi.at);
  const mono = kpis.value.mono;
  return (
    <>
      <p class="explain-value" data-stale={pageIsStale.value || kpi.value === null || undefined}>
        {shown}{kpi.value !== null && unit ? <span class="unit">{unit}</span> : null}
      </p>
      <dl class="facts">
        {kpi.value === null && <Fact name="explain.reason" wide>{kpi.reason ? reasonText(language.value, kpi.reason) : say('figure.noReason')}</Fact>}
        {kpi.value !== null && kpi.reason ? <Fact name="explain.note" wide>{reasonText(language.value, kpi.reason)}</Fact> : null}
        <Fact name="explain.interim">{kpi.interim !== null && kpi.interim !== undefined ? valueText(kpi, kpi.interim) : null}</Fact>
        <Fact name="explain.formula" wide>{formulaOf(kpi)}</Fact>
        <Fact name="explain.window">{say(`figure.window.${kpi.window}`)}</Fact>
        <Fact name="explain.quality">{say(`quality.${kpi.quality}`)}</Fact>
        <Fact name="explain.uncertainty">{kpi.uncertainty ? `± ${isPower ? formatPower(language.value, kpi.uncertainty, scale) : formatNumber(language.value, kpi.uncertainty, decimalsFor(kpi.uncertainty, 4))}` : say('explain.notKnown')}</Fact>
        <Fact name="explain.coverage">{kpi.coverage !== null ? formatShare(language.value, kpi.coverage) : null}</Fact>
        <Fact name="explain.yesterday">{kpi.yesterday !== null && kpi.yesterday !== undefined ? valueText(kpi, kpi.yesterday) : null}</Fact>
        <Fact name="explain.revision">{String(kpi.revision)}</Fact>
        <Fact name="explain.computed">{Number.isFinite(at) ? instantText(language.value, site.value?.zone ?? 'UTC', at, serverNow.value) : null}</Fact>
        <Fact name="explain.category" wide>{kpi.category ? say('explain.category.text', { n: kpi.category, meaning: categoryMeaning(kpi.category) }) : null}</Fact>
      </dl>
      <h3>{say('explain.inputs')}</h3>
      <Inputs inputs={kpi.inputs ?? []} mono={mono} />
    </>
  );
}

function Inputs({ inputs, mono }: { inputs: readonly KpiInput[]; mono: number }) {
  if (inputs.length === 0) {
    return <p class="empty">{say('explain.noInputs')}</p>;
  }
  return (
    <table class="inputs" data-test="explain-inputs">
      <thead><tr><th scope="col">{say('explain.meter')}</th><th scope="col" class="right">{say('explain.value')}</th><th scope="col" class="right">{say('explain.age')}</th><th scope="col">{say('explain.quality')}</th></tr></thead>
      <tbody>
        {inputs.map((input) => {
          const shown = input.value === null ? null : showValue(language.value, input.series.split('/')[1] ?? '', input.value, input.unit, powerScale.value);
          return (
            <tr key={`${input.meter}/${input.series}`} data-stale={input.quality === 'missing' || undefined}>
              <th scope="row">{input.meter}<span class="series">{input.series}</span></th>
              <td class="right">{shown ? <>{shown.text} <span class="unit">{shown.unit}</span></> : '–'}</td>
              <td class="right"><Age of={() => grownAge(input.ageSeconds, mono, monotonic.value)} /></td>
              <td class={qualityClass(input.quality)}>{say(`quality.${input.quality}`)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function PartBody({ name, kpi }: { name: string; kpi: Kpi }) {
  const part = kpi.parts?.find((one) => one.name === name);
  const watts = sinkWatts(name as Sink, flow.value.value?.sums);
  const number = (value: number): string => formatNumber(language.value, value, decimalsFor(kpi.uncertainty, 3));
  return (
    <>
      <p class="explain-value">{part ? `+${number(part.value)}` : '–'}<span class="unit">PUE</span></p>
      <dl class="facts">
        <Fact name="explain.formula" wide>{say('formula.part', { part: sinkTitle(name) })}</Fact>
        <Fact name="explain.value">{watts === null ? null : powerText(watts)}</Fact>
        <Fact name="explain.quality">{say(`quality.${kpi.quality}`)}</Fact>
        <Fact name="explain.revision">{String(kpi.revision)}</Fact>
      </dl>
      <h3>{say('explain.inputs')}</h3>
      <NodeList sink={name as Sink} />
    </>
  );
}

function SinkBody({ sink }: { sink: Sink }) {
  const sums = flow.value.value?.sums;
  const watts = sinkWatts(sink, sums);
  const it = sums?.itW ?? null;
  return (
    <>
      <p class="explain-value">{watts === null ? '–' : powerText(watts)}</p>
      <dl class="facts">
        <Fact name="explain.share">{watts !== null && sums?.totalW ? formatShare(language.value, watts / sums.totalW) : null}</Fact>
        <Fact name="explain.perIt">{watts !== null && it && sink !== 'it' ? `+${formatNumber(language.value, watts / it, 3)}` : null}</Fact>
      </dl>
      <h3>{say('explain.inputs')}</h3>
      <NodeList sink={sink} />
    </>
  );
}

const rolesOf: Record<Sink, FlowNode['role'][]> = { it: ['it'], cooling: ['cooling'], power_chain: ['loss'], lighting_other: ['lighting', 'other'], unknown: [] };

function NodeList({ sink }: { sink: Sink }) {
  const nodes = (flow.value.value?.nodes ?? []).filter((node) => rolesOf[sink]?.includes(node.role));
  if (nodes.length === 0) {
    return <p class="empty">{say('explain.noInputs')}</p>;
  }
  return (
    <table class="inputs">
      <thead><tr><th scope="col">{say('explain.meter')}</th><th scope="col" class="right">{say('explain.value')}</th><th scope="col" class="right">{say('explain.age')}</th><th scope="col">{say('explain.quality')}</th></tr></thead>
      <tbody>
        {nodes.map((node) => (
          <tr key={node.id} data-stale={node.powerW === null || undefined}>
            <th scope="row"><button type="button" class="num" onClick={() => explain({ of: 'node', id: node.id })}>{nodeLabel(node, flow.value.value)}</button></th>
            <td class="right">{node.powerW === null ? '–' : powerText(node.powerW)}</td>
            <td class="right"><Age of={() => grownAge(node.ageSeconds, flow.value.mono, monotonic.value)} /></td>
            <td class={qualityClass(node.quality)}>{say(`quality.${node.quality}`)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NodeBody({ node }: { node: FlowNode }) {
  const links = flow.value.value?.links ?? [];
  const total = flow.value.value?.sums.totalW ?? null;
  const name = (id: string): string => {
    const other = flow.value.value?.nodes.find((one) => one.id === id);
    return other ? nodeLabel(other, flow.value.value) : id;
  };
  const input = (kpiOf(kpis.value.value, 'pue', 'now')?.inputs ?? []).filter((one) => one.meter === node.id);
  return (
    <>
      <p class="explain-value" data-stale={node.powerW === null || pageIsStale.value || undefined}>{node.powerW === null ? '–' : powerText(node.powerW)}</p>
      <dl class="facts">
        <Fact name="explain.formula" wide>{say(node.role === 'loss' ? 'formula.loss' : 'formula.measured')}</Fact>
        <Fact name="explain.role">{say(`role.${node.role}`)}</Fact>
        <Fact name="explain.share">{node.powerW !== null && total ? formatShare(language.value, node.powerW / total) : null}</Fact>
        <Fact name="explain.age"><Age of={() => grownAge(node.ageSeconds, flow.value.mono, monotonic.value)} /></Fact>
        <Fact name="explain.quality">{say(`quality.${node.quality}`)}</Fact>
        <Fact name="explain.from" wide>{links.filter((link) => link.to === node.id).map((link) => name(link.from)).join(', ')}</Fact>
        <Fact name="explain.to" wide>{links.filter((link) => link.from === node.id).map((link) => name(link.to)).join(', ')}</Fact>
      </dl>
      {input.length > 0 && <><h3>{say('explain.inputs')}</h3><Inputs inputs={input} mono={kpis.value.mono} /></>}
    </>
  );
}

/** How often an open panel asks for all readings of its device; the vitals come by themselves every second. */
const READINGS_EVERY_MS = 5_000;

/** All readings of a device while its panel is open; null until they are there, and the vitals then stand in. */
function useReadings(device: string): { list: Vital[]; mono: number } | null {
  const [readings, setReadings] = useState<{ device: string; list: Vital[]; mono: number } | null>(null);
  useEffect(() => {
    let open = true;
    const ask = async (): Promise<void> => {
      try {
        const { readings: list } = await fetchReadings(device);
        if (open) {
          setReadings({ device, list, mono: performance.now() });
        }
      } catch {
        // the ages of what is shown go on growing, which says enough
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), READINGS_EVERY_MS);
    return () => {
      open = false;
      clearInterval(timer);
    };
  }, [device]);
  return readings?.device === device ? readings : null;
}

function DeviceBody({ device, mono }: { device: Device; mono: number }) {
  const readings = useReadings(device.id) ?? { list: device.vitals, mono };
  const state = shownState(device, pageIsStale.value);
  const mark = markOfState(state);
  const last = device.lastAnswer ? Date.parse(device.lastAnswer) : Number.NaN;
  return (
    <>
      <p class={`explain-state word-${mark}`}><MarkShape mark={mark} />{say(`device.${state}`)}</p>
      <dl class="facts">
        <Fact name="devices.kind">{kindLabel(language.value, device.kind)}</Fact>
        <Fact name="explain.quality">{say(`quality.${device.quality}`)}</Fact>
        <Fact name="devices.last">{Number.isFinite(last) ? instantText(language.value, site.value?.zone ?? 'UTC', last, serverNow.value) : say('devices.never')}</Fact>
        <Fact name="explain.age"><Age of={() => deviceAge(device, mono, monotonic.value, serverNow.value)} /></Fact>
        <Fact name="explain.vendor">{device.vendor}</Fact>
        <Fact name="explain.model">{device.model}</Fact>
        <Fact name="explain.profile">{device.profile}</Fact>
        <Fact name="explain.agent">{device.agent}</Fact>
      </dl>
      <h3>{say('explain.readings')}</h3>
      <table class="inputs">
        <thead><tr><th scope="col">{say('explain.reading')}</th><th scope="col" class="right">{say('explain.value')}</th><th scope="col" class="right">{say('explain.age')}</th><th scope="col">{say('explain.quality')}</th></tr></thead>
        <tbody>
          {readings.list.map((vital) => (
            <tr key={seriesPath(device.id, vital.metric, vital.part)} data-stale={mark === 'stale' || mark === 'alarm' || vital.quality === 'missing' || undefined}>
              <th scope="row">{seriesLabel(language.value, vital.metric, vital.part)}</th>
              <td class="right">{vitalText(vital)}</td>
              <td class="right"><Age of={() => grownAge(vital.ageSeconds, readings.mono, monotonic.value)} /></td>
              <td class={qualityClass(vital.quality)}>
                {say(`quality.${vital.quality}`)}
                {vital.reason ? <span class="why" data-test="why-suspect">{reasonText(language.value, vital.reason)}</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function VitalBody({ device, vital, mono }: { device: Device; vital: Vital; mono: number }) {
  const path = seriesPath(device.id, vital.metric, vital.part);
  return (
    <>
      <p class="explain-value">{vitalText(vital)}</p>
      <dl class="facts">
        <Fact name="explain.formula" wide>{say('formula.measured')}</Fact>
        <Fact name="devices.device"><button type="button" class="num" onClick={() => explain({ of: 'device', id: device.id })}>{device.id}</button></Fact>
        <Fact name="explain.metric">{metricLabel(language.value, vital.metric)}</Fact>
        <Fact name="explain.age"><Age of={() => grownAge(vital.ageSeconds, mono, monotonic.value)} /></Fact>
        <Fact name="explain.quality">{say(`quality.${vital.quality}`)}</Fact>
        <Fact name="explain.series" wide><span class="series">{path}</span></Fact>
      </dl>
      {!vital.state && <><h3>{spanTitle()}</h3><div class="explain-spark"><Spark trace={seriesTrace(path).value.trace} nowMs={serverNow.value} /></div></>}
    </>
  );
}

function vitalText(vital: Vital): ComponentChildren {
  if (vital.state) {
    return stateWord(language.value, vital.metric, vital.state);
  }
  if (vital.value === null) {
    return '–';
  }
  const shown = showValue(language.value, vital.metric, vital.value, vital.unit, powerScale.value);
  return <>{shown.text}{shown.unit ? <span class="unit">{shown.unit}</span> : null}</>;
}

function powerText(watts: number): ComponentChildren {
  const scale = powerScale.value;
  return <>{formatPower(language.value, watts, scale)}<span class="unit">{scale.unit}</span></>;
}

function kpiTitle(name: string): string {
  const key = `kpi.${name}`;
  return key in en ? say(key as MessageKey) : name;
}

function sinkTitle(name: string): string {
  return (sinks as readonly string[]).includes(name) ? say(`flow.${name as Sink}`) : name;
}

function formulaOf(kpi: Kpi): string {
  const base = `formula.${kpi.name}`;
  const key = base in en ? base : `${base}.${kpi.window === 'now' ? 'power' : 'energy'}`;
  return key in en ? say(key as MessageKey) : say('formula.other');
}

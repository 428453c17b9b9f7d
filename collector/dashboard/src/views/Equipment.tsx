import { useComputed } from '@preact/signals';
import { causeLabel } from '../i18n/alarms';
import { kindLabel, metricLabel, seriesLabel, stateWord } from '../i18n';
import { equipmentRows, markOfState, markOfWord, modeOf, seriesPath, tellingVital } from '../model/devices';
import { shownState } from '../model/ages';
import { formatPower } from '../model/numbers';
import { worstAlarm } from '../state/operator';
import { showValue } from '../model/units';
import { serverNow } from '../state/clock';
import { explain } from '../state/explained';
import { powerScale } from '../state/power';
import { language } from '../state/preferences';
import { devices, flow, kpiOf, kpis, pageIsStale } from '../state/store';
import { seriesTrace } from '../state/trends';
import type { Device, Kpi, Vital } from '../types';
import { MarkShape } from './Mark';
import { Num } from './Num';
import { say, sayNumber } from './say';
import { Spark } from './Spark';

/** How many values a row has room for. */
const VITALS = 4;

/** UPSs and cooling plant: one row a unit, its mode in words, a few figures, and its last hour. */
export function Equipment() {
  const rows = useComputed(() => equipmentRows([...devices.value.values()].map(({ value }) => value)));
  return (
    <section class="equipment" id="equipment" tabIndex={-1} aria-labelledby="equipment-title" data-test="equipment">
      <h2 id="equipment-title">{say('equipment.title')}</h2>
      {rows.value.length === 0 ? <p class="empty">{say('equipment.none')}</p> : null}
      <ul class="units">
        {rows.value.map((device) => <Unit key={device.id} device={device} />)}
      </ul>
    </section>
  );
}

function Unit({ device }: { device: Device }) {
  const state = shownState(device, pageIsStale.value);
  const silent = state === 'offline' || state === 'stale' || state === 'unknown';
  const mode = modeOf(device);
  const telling = tellingVital(device);
  const efficiency = device.kind === 'ups' ? kpiOf(kpis.value.value, 'ups_efficiency', 'now', device.id) : undefined;
  const output = outputOf(device);
  const others = device.vitals.filter((vital) => vital !== mode && !(efficiency && vital.metric === 'power.active.input') && !(output && vital.metric === 'power.active.output'));
  const vitals = others.slice(0, VITALS - (efficiency ? 1 : 0) - (output ? 1 : 0));
  const ahead = output ? 0 : 1;
  return (
    <li class="unit-row" data-test={`unit-${device.id}`} data-stale={silent || undefined}>
      <button type="button" class="unit-name" onClick={() => explain({ of: 'device', id: device.id })}>
        <span class="unit-id">{device.id}</span>
        <span class="unit-kind">{kindLabel(language.value, device.kind)}</span>
      </button>
      <UnitState device={device} mode={mode} />
      {output ? <Output id={device.id} watts={output.watts} quality={output.quality} silent={silent} /> : null}
      {vitals.slice(0, ahead).map((vital) => <VitalFigure key={seriesPath(device.id, vital.metric, vital.part)} device={device} vital={vital} silent={silent} />)}
      {efficiency ? <Efficiency kpi={efficiency} silent={silent} /> : null}
      {vitals.slice(ahead).map((vital) => <VitalFigure key={seriesPath(device.id, vital.metric, vital.part)} device={device} vital={vital} silent={silent} />)}
      {telling ? <UnitSpark device={device} vital={telling} /> : null}
    </li>
  );
}

/** What to know first: that it is silent; else a condition that alarms, such as a leak; else the mode it runs in. */
function UnitState({ device, mode }: { device: Device; mode: Vital | undefined }) {
  const state = shownState(device, pageIsStale.value);
  const alarm = worstAlarm(device.id);
  if (alarm) {
    return <span class={`unit-state word-${alarm.mark}`}><MarkShape mark={alarm.mark} /><button type="button" class="unit-alarm" onClick={() => explain({ of: 'alarm', id: alarm.id })}>{causeLabel(language.value, alarm.cause)}</button></span>;
  }
  const own = markOfState(state);
  const condition = own === 'good' || own === 'advisory' ? device.vitals.find((vital) => vital !== mode && vital.state && markOfWord(vital.state) === 'alarm') : undefined;
  const mark = condition ? 'alarm' : own === 'good' && mode ? markOfWord(mode.state) : own;
  const word = condition?.state
    ? say('equipment.condition', { metric: metricLabel(language.value, condition.metric), word: stateWord(language.value, condition.metric, condition.state) })
    : state === 'online' && mode?.state ? stateWord(language.value, mode.metric, mode.state) : say(`device.${state}`);
  return <span class={`unit-state word-${mark}`}><MarkShape mark={mark} />{word}</span>;
}

function VitalFigure({ device, vital, silent }: { device: Device; vital: Vital; silent: boolean }) {
  const shown = vital.state
    ? { text: stateWord(language.value, vital.metric, vital.state), unit: '' }
    : vital.value === null ? null : showValue(language.value, vital.metric, vital.value, vital.unit, powerScale.value);
  const mark = vital.state ? markOfWord(vital.state) : 'good';
  return (
    <span class="vital" title={seriesLabel(language.value, vital.metric, vital.part)}>
      <Num name={`${device.id}, ${seriesLabel(language.value, vital.metric, vital.part)}`} text={shown?.text ?? null} unit={shown?.unit ?? ''} quality={vital.quality} stale={silent}
        class={mark === 'good' ? '' : `word-${mark}`} subject={{ of: 'vital', device: device.id, metric: vital.metric, part: vital.part ?? null }} />
      <span class="vital-name">{shortLabel(device, vital)}</span>
    </span>
  );
}

/**
 * What a UPS gives out. The device tells it line by line; the facility's flow has the sum over the lines where the UPS is a meter
 * of its own name: what goes in without what is lost inside.
 */
function Output({ id, watts, silent, quality }: { id: string; watts: number; silent: boolean; quality: Vital['quality'] }) {
  const name = metricLabel(language.value, 'power.active.output');
  return (
    <span class="vital">
      <Num name={`${id}, ${name}`} text={formatPower(language.value, watts, powerScale.value)} unit={powerScale.value.unit} quality={quality} stale={silent} subject={{ of: 'node', id }} />
      <span class="vital-name">{name}</span>
    </span>
  );
}

function outputOf(device: Device): { watts: number; quality: Vital['quality'] } | null {
  const nodes = flow.value.value?.nodes ?? [];
  const node = nodes.find(({ id }) => id === device.id);
  const loss = nodes.find(({ id }) => id === `${device.id}:loss`);
  const byLine = device.vitals.some((vital) => vital.metric === 'power.active.output' && isPhase(vital));
  return device.kind === 'ups' && byLine && node?.powerW && loss?.powerW ? { watts: node.powerW - loss.powerW, quality: node.quality } : null;
}

function isPhase(vital: Vital): boolean {
  return /^L[123]$/.test(vital.part ?? '');
}

/** Output over input of a UPS, which the collector computes from its own meters. */
function Efficiency({ kpi, silent }: { kpi: Kpi; silent: boolean }) {
  const name = metricLabel(language.value, 'efficiency');
  return (
    <span class="vital">
      <Num name={`${kpi.scope}, ${name}`} text={kpi.value === null ? null : sayNumber(kpi.value, 1)} unit="%" quality={kpi.value === null ? 'good' : kpi.quality} stale={silent}
        subject={{ of: 'kpi', name: kpi.name, window: kpi.window, scope: kpi.scope }} />
      <span class="vital-name">{name}</span>
    </span>
  );
}

/** The part is said where the row has two values of the same metric, and always for a phase: one line is not the whole. */
function shortLabel(device: Device, vital: Vital): string {
  const twins = device.vitals.filter((other) => other.metric === vital.metric).length > 1;
  return twins || isPhase(vital) ? seriesLabel(language.value, vital.metric, vital.part) : metricLabel(language.value, vital.metric);
}

function UnitSpark({ device, vital }: { device: Device; vital: Vital }) {
  const loaded = seriesTrace(seriesPath(device.id, vital.metric, vital.part)).value;
  return (
    <span class="unit-spark" title={seriesLabel(language.value, vital.metric, vital.part)}>
      <Spark trace={loaded.trace} nowMs={serverNow.value} />
      <span class="vital-name">{shortLabel(device, vital)}</span>
    </span>
  );
}

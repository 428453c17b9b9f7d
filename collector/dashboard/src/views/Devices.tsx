import { useComputed, useSignal } from '@preact/signals';
import { kindLabel } from '../i18n';
import { deviceAge, shownState } from '../model/ages';
import { markOfState, problemsFirst, searchDevices } from '../model/devices';
import { instantText } from '../model/times';
import { monotonic, serverNow } from '../state/clock';
import { explain, query } from '../state/explained';
import { language } from '../state/preferences';
import { devices, pageIsStale, site, type Heard } from '../state/store';
import type { Device } from '../types';
import { Age } from './Age';
import { MarkShape, qualityClass } from './Mark';
import { say, sayNumber } from './say';

/** Rows drawn before a person asks for more: a thousand rows would cost more than they say. */
const FIRST_ROWS = 200;

/** Every device, problems first. */
export function Devices() {
  const all = useSignal(false);
  const rows = useComputed(() => {
    const list = [...devices.value.values()].map(({ value }) => value);
    const found = searchDevices(list, query.value, (device) => [kindLabel(language.value, device.kind), say(`device.${shownState(device, pageIsStale.value)}`)]);
    return problemsFirst(found, (device) => shownState(device, pageIsStale.value));
  });
  const total = devices.value.size;
  const drawn = all.value ? rows.value : rows.value.slice(0, FIRST_ROWS);
  return (
    <section class="devices" id="devices" tabIndex={-1} aria-labelledby="devices-title" data-test="devices">
      <div class="devices-head">
        <h2 id="devices-title">{say('devices.title')}</h2>
        <span class="devices-count">{say('devices.count', { n: sayNumber(rows.value.length), total: sayNumber(total) })}</span>
        <label class="search">
          <span class="hidden">{say('devices.search')}</span>
          <input id="search" type="search" autocomplete="off" spellcheck={false} placeholder={say('devices.search')} value={query.value}
            onInput={(event) => { query.value = event.currentTarget.value; }} onKeyDown={leaveSearch} />
          <kbd aria-hidden="true">/</kbd>
        </label>
      </div>
      <div class="devices-scroll">
        <table onKeyDown={moveRow}>
          <thead>
            <tr>
              <th scope="col">{say('devices.state')}</th>
              <th scope="col">{say('devices.device')}</th>
              <th scope="col" class="column-kind">{say('devices.kind')}</th>
              <th scope="col" class="column-model">{say('devices.model')}</th>
              <th scope="col" class="column-last right">{say('devices.last')}</th>
              <th scope="col" class="right">{say('devices.age')}</th>
              <th scope="col">{say('devices.quality')}</th>
            </tr>
          </thead>
          <tbody>
            {drawn.map((device, index) => <Row key={device.id} heard={devices.value.get(device.id)!} first={index === 0} />)}
          </tbody>
        </table>
        {drawn.length < rows.value.length && <button type="button" class="more" onClick={() => { all.value = true; }}>{say('devices.all', { n: rows.value.length - drawn.length })}</button>}
        {rows.value.length === 0 && <p class="empty">{total === 0 ? say('devices.none') : say('devices.noMatch', { query: query.value })}</p>}
      </div>
    </section>
  );
}

function Row({ heard, first }: { heard: Heard<Device>; first: boolean }) {
  const device = heard.value;
  const state = shownState(device, pageIsStale.value);
  const mark = markOfState(state);
  const zone = site.value?.zone ?? 'UTC';
  const last = device.lastAnswer ? Date.parse(device.lastAnswer) : Number.NaN;
  return (
    <tr tabIndex={first ? 0 : -1} data-test={`device-${device.id}`} data-state={state} data-stale={mark === 'stale' || mark === 'alarm' || undefined}
      onClick={() => explain({ of: 'device', id: device.id })} onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); explain({ of: 'device', id: device.id }); } }}>
      <td class={`word-${mark}`}><span class="cell-state"><MarkShape mark={mark} />{say(`device.${state}`)}</span></td>
      <th scope="row">{device.id}</th>
      <td class="column-kind">{kindLabel(language.value, device.kind)}</td>
      <td class="column-model">{[device.vendor, device.model].filter(Boolean).join(' ') || device.profile}</td>
      <td class="column-last right"><LastAnswer zone={zone} atMs={last} /></td>
      <td class="right"><Age of={() => deviceAge(device, heard.mono, monotonic.value, serverNow.value)} /></td>
      <td class={qualityClass(device.quality)}>{say(`quality.${device.quality}`)}</td>
    </tr>
  );
}

function LastAnswer({ zone, atMs }: { zone: string; atMs: number }) {
  return <>{Number.isFinite(atMs) ? instantText(language.value, zone, atMs, serverNow.peek()) : say('devices.never')}</>;
}

export function moveRow(event: KeyboardEvent): void {
  const row = (event.target as HTMLElement).closest('tr');
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : event.key === 'ArrowUp' ? row?.previousElementSibling
    : event.key === 'Home' ? row?.parentElement?.firstElementChild : event.key === 'End' ? row?.parentElement?.lastElementChild : null;
  if (next instanceof HTMLElement) {
    event.preventDefault();
    next.focus();
  }
}

function leaveSearch(event: KeyboardEvent): void {
  if (event.key === 'Escape') {
    query.value = '';
    (event.currentTarget as HTMLElement).blur();
    event.stopPropagation();
  } else if (event.key === 'ArrowDown') {
    document.querySelector<HTMLElement>('.devices tbody tr')?.focus();
    event.preventDefault();
  }
}

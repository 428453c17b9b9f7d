import { useComputed } from '@preact/signals';
import { placeFlow, type PlacedNode } from '../chart/sankeyLayout';
import { arrangeFlow, type ArrangedNode, type Sink } from '../model/flow';
import { formatPower, formatShare } from '../model/numbers';
import { spreadLabels } from '../model/labels';
import { explain, type Subject } from '../state/explained';
import { powerScale } from '../state/power';
import { language } from '../state/preferences';
import { flow, pageIsStale } from '../state/store';
import type { MessageKey } from '../i18n';
import type { Flow, FlowNode, FlowSums } from '../types';
import { MarkShape } from './Mark';
import { PueParts } from './PueParts';
import { say } from './say';
import { remPixels, useSize } from './useSize';

/** Why the figures are what they are: power from the utility to the IT load, with what branches off on the way. */
export function PowerFlow() {
  return (
    <section class="why" id="flow" tabIndex={-1} aria-labelledby="flow-title">
      <h2 id="flow-title">{say('flow.title')}<TotalPower /></h2>
      <div class="why-body">
        <Sankey />
        <PueParts />
      </div>
    </section>
  );
}

function TotalPower() {
  const watts = flow.value.value?.sums.totalW ?? null;
  if (watts === null) {
    return null;
  }
  const scale = powerScale.value;
  return <span class="why-total" data-stale={pageIsStale.value || undefined}>{formatPower(language.value, watts, scale)}<span class="unit">{scale.unit}</span></span>;
}

function Sankey() {
  const { ref, width, height } = useSize<HTMLDivElement>();
  const arrangement = useComputed(() => (flow.value.value ? arrangeFlow(flow.value.value) : null));
  const current = arrangement.value;
  const sums = flow.value.value?.sums;
  const stale = pageIsStale.value;
  return (
    <div class="sankey" data-test="sankey" data-stale={stale || undefined}>
      <div class="sankey-drawing" ref={ref}>
        {current && current.links.length > 0
          ? <Drawing arrangement={current} width={width} height={height} {...(sums ? { sums } : {})} stale={stale} />
          : <p class="empty">{say('flow.none')}</p>}
      </div>
      {current && current.unknown.length > 0 && (
        <p class="sankey-unknown" data-test="flow-unknown">
          <MarkShape mark="stale" /><span>{say('flow.noValue')}</span>
          {current.unknown.map((node) => (
            <button key={node.id} type="button" class="num" data-stale onClick={() => explain({ of: 'node', id: node.id })}>{nodeLabel(node, flow.value.value)}</button>
          ))}
        </p>
      )}
    </div>
  );
}

interface DrawingProps {
  arrangement: ReturnType<typeof arrangeFlow>;
  width: number;
  height: number;
  sums?: FlowSums;
  stale: boolean;
}

function Drawing({ arrangement, width, height, sums, stale }: DrawingProps) {
  const rem = remPixels();
  const narrow = width < 34 * rem;
  const right = (narrow ? 7.5 : 10) * rem;
  const most = mostInColumn(arrangement.nodes);
  const padding = Math.min((narrow ? 1.05 : 1.2) * rem, (0.62 * height) / Math.max(1, most));
  const { nodes, links } = placeFlow(arrangement, { width, height, right, nodeWidth: 0.5 * rem, padding, margin: rem });
  const ends = nodes.filter((node) => node.kind === 'sink').sort((a, b) => a.y0 - b.y0);
  const places = spreadLabels(ends.map((node) => (node.y0 + node.y1) / 2), 2.5 * rem, 0.75 * rem, height - 1.1 * rem);
  const labelY = new Map(ends.map((node, index) => [node.id, places[index]!]));
  // Where the columns stand close, the names stay and the numbers wait for a click.
  const close = (width - right) / Math.max(1, arrangement.columns - 1) < 8.5 * rem;
  const scale = powerScale.value;
  const power = (watts: number | null): string => (watts === null ? '–' : `${formatPower(language.value, watts, scale)} ${scale.unit}`);
  const label = say('flow.label', {
    total: power(sums?.totalW ?? null), it: power(sums?.itW ?? null), cooling: power(sums?.coolingW ?? null),
    chain: power(sums?.powerChainW ?? null), other: power(sums?.lightingOtherW ?? null),
  });
  return (
    <svg width={width} height={height} role="group" aria-label={label}>
      <g class="flow-links" aria-hidden="true">
        {links.map(({ path, width: thickness, link }) => (
          <path key={`${idOf(link.source)}>${idOf(link.target)}`} class={`flow-${link.sink}`} d={path} stroke-width={thickness} />
        ))}
      </g>
      {nodes.filter((node) => node.kind !== 'through').map((node) => (
        <FlowMark key={node.id} node={node} rem={rem} stale={stale} total={sums?.totalW ?? null} watts={wattsOf(node, sums)} power={power} narrow={narrow} close={close} labelY={labelY.get(node.id) ?? (node.y0 + node.y1) / 2} />
      ))}
    </svg>
  );
}

function mostInColumn(nodes: readonly ArrangedNode[]): number {
  const counts = new Map<number, number>();
  nodes.forEach(({ column }) => counts.set(column, (counts.get(column) ?? 0) + 1));
  return Math.max(0, ...counts.values());
}

interface FlowMarkProps {
  node: PlacedNode;
  rem: number;
  stale: boolean;
  total: number | null;
  watts: number | null;
  power: (watts: number | null) => string;
  narrow: boolean;
  close: boolean;
  labelY: number;
}

function FlowMark({ node, rem, stale, total, watts, power, narrow, close, labelY }: FlowMarkProps) {
  const height = Math.max(1, node.y1 - node.y0);
  const unsound = stale || (node.node !== null && (node.node.quality === 'suspect' || node.node.quality === 'missing'));
  const text = node.kind === 'sink' ? say(`flow.${node.sink}`)
    : node.kind === 'more' ? say('flow.more', { n: node.count })
    : nodeLabel(node.node!, flow.value.value);
  const subject: Subject = node.kind === 'sink' ? { of: 'sink', sink: node.sink } : { of: 'node', id: node.id };
  const tilde = node.node?.quality === 'estimated' ? '~' : '';
  const open = (): void => explain(subject);
  const x = node.x1 + 0.4 * rem;
  const share = node.kind === 'sink' && total && watts !== null && !narrow ? formatShare(language.value, watts / total) : null;
  // On a narrow screen only the ends are named; a touch on a bar explains it.
  const hidden = narrow && node.kind !== 'sink';
  return (
    <g class={`flow-node flow-node-${node.kind}`} role="button" tabIndex={node.kind === 'more' ? -1 : 0} aria-label={`${text}, ${tilde}${power(watts)}`} data-stale={unsound || undefined}
      onClick={open} onKeyDown={(event: KeyboardEvent) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(); } }}>
      <rect class="flow-target" x={node.x0 - 2} y={node.y0 - 0.4 * rem} width={(node.kind === 'sink' ? 10 : 7) * rem} height={height + 0.8 * rem} />
      <rect class={`flow-bar flow-bar-${node.sink}`} x={node.x0} y={node.y0} width={node.x1 - node.x0} height={height} />
      {hidden ? null : node.kind === 'sink'
        ? (
          <text x={x} y={labelY} class="flow-sink-label">
            <tspan x={x} dy="-0.35em" class="flow-name">{text}</tspan>
            <tspan x={x} dy="1.15em" class="flow-value">{power(watts)}</tspan>
            {share && <tspan class="flow-share" dx="0.5em">{share}</tspan>}
          </text>
        )
        : (
          <text x={x} y={labelY} dy="0.35em" class="flow-label">
            <tspan class="flow-name">{text}</tspan>
            {close ? null : <tspan class="flow-value" dx="0.5em">{tilde}{power(watts)}</tspan>}
          </text>
        )}
    </g>
  );
}

/** What the collector adds to the site's own meters, by the ending of its id; the longest ending first. */
const added: readonly [string, MessageKey][] = [
  [':unmetered:loss', 'flow.unmetered'], [':loss', 'flow.loss'], [':unknown', 'flow.notKnown'], [':use', 'flow.use'],
  [':gain', 'flow.disagree'], [':excess', 'flow.disagree'],
];

/** A meter has the name that the site gave it; a loss and a rest are named after the meter that they belong to. */
export function nodeLabel(node: FlowNode, whole: Flow | null): string {
  for (const [ending, key] of added) {
    if (node.id.endsWith(ending)) {
      const owner = node.id.slice(0, -ending.length);
      return say(key, { name: whole?.nodes.find((one) => one.id === owner)?.label ?? owner });
    }
  }
  return node.label;
}

/** A sink shows the collector's own sum: what was drawn is less when a meter is missing. */
function wattsOf(node: PlacedNode, sums: FlowSums | undefined): number | null {
  return node.kind === 'sink' && node.sink !== 'unknown' && sums ? sinkWatts(node.sink, sums) : node.powerW;
}

export function sinkWatts(sink: Sink, sums: FlowSums | undefined): number | null {
  switch (sink) {
    case 'it': return sums?.itW ?? null;
    case 'cooling': return sums?.coolingW ?? null;
    case 'power_chain': return sums?.powerChainW ?? null;
    case 'lighting_other': return sums?.lightingOtherW ?? null;
    case 'unknown': return null;
  }
}

function idOf(node: unknown): string {
  return typeof node === 'object' && node !== null ? (node as { id: string }).id : String(node);
}

import { useComputed } from '@preact/signals';
import { placeFlow, type PlacedNode } from '../chart/sankeyLayout';
import { arrangeFlow, type Sink } from '../model/flow';
import { formatPower, formatShare } from '../model/numbers';
import { explain, type Subject } from '../state/explained';
import { powerScale } from '../state/power';
import { language } from '../state/preferences';
import { flow, pageIsStale } from '../state/store';
import type { FlowNode, FlowSums } from '../types';
import { MarkShape } from './Mark';
import { PueParts } from './PueParts';
import { say } from './say';
import { remPixels, useSize } from './useSize';

/** Why the figures are what they are: power from the utility to the IT load, with what branches off on the way. */
export function PowerFlow() {
  return (
    <section class="why" id="flow" tabIndex={-1} aria-labelledby="flow-title">
      <h2 id="flow-title">{say('flow.title')}</h2>
      <div class="why-body">
        <Sankey />
        <PueParts />
      </div>
    </section>
  );
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
          : <p class="empty">{say('flow.unknown')}</p>}
      </div>
      {current && current.unknown.length > 0 && (
        <p class="sankey-unknown" data-test="flow-unknown">
          <MarkShape mark="stale" /><span>{say('flow.noValue')}</span>
          {current.unknown.map((node) => (
            <button key={node.id} type="button" class="num" data-stale onClick={() => explain({ of: 'node', id: node.id })}>{nodeLabel(node)}</button>
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
  const right = (narrow ? 7.5 : 11) * rem;
  const { nodes, links } = placeFlow(arrangement, { width, height, right, nodeWidth: 0.5 * rem, padding: (narrow ? 1.05 : 1.25) * rem });
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
        {nodes.filter((node) => node.kind === 'through').map((node) => (
          <rect key={node.id} class={`flow-${node.sink}`} x={node.x0} y={node.y0} width={node.x1 - node.x0} height={Math.max(1, node.y1 - node.y0)} />
        ))}
      </g>
      {nodes.filter((node) => node.kind !== 'through').map((node) => (
        <FlowMark key={node.id} node={node} rem={rem} stale={stale} total={sums?.totalW ?? null} watts={wattsOf(node, sums)} power={power} narrow={narrow} columns={arrangement.columns} />
      ))}
    </svg>
  );
}

interface FlowMarkProps {
  node: PlacedNode;
  rem: number;
  stale: boolean;
  total: number | null;
  watts: number | null;
  power: (watts: number | null) => string;
  narrow: boolean;
  columns: number;
}

function FlowMark({ node, rem, stale, total, watts, power, narrow, columns }: FlowMarkProps) {
  const height = Math.max(1, node.y1 - node.y0);
  const middle = node.y0 + height / 2;
  const unsound = stale || (node.node !== null && (node.node.quality === 'suspect' || node.node.quality === 'missing'));
  const text = node.kind === 'sink' ? say(`flow.${node.sink}`)
    : node.kind === 'more' ? say('flow.more', { n: node.count })
    : nodeLabel(node.node!);
  const subject: Subject = node.kind === 'sink' ? { of: 'sink', sink: node.sink } : { of: 'node', id: node.id };
  const tilde = node.node?.quality === 'estimated' ? '~' : '';
  const open = (): void => explain(subject);
  const x = node.x1 + 0.4 * rem;
  const share = node.kind === 'sink' && total && watts !== null ? formatShare(language.value, watts / total) : null;
  // On a narrow screen the middle columns keep their bars and lose their labels; the table below names them.
  const hidden = narrow && node.kind !== 'sink' && node.column > 0 && node.column < columns - 1;
  return (
    <g class={`flow-node flow-node-${node.kind}`} role="button" tabIndex={node.kind === 'more' ? -1 : 0} aria-label={`${text}, ${tilde}${power(watts)}`} data-stale={unsound || undefined}
      onClick={open} onKeyDown={(event: KeyboardEvent) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(); } }}>
      <rect class="flow-target" x={node.x0 - 2} y={node.y0 - 0.4 * rem} width={(node.kind === 'sink' ? 10 : 7) * rem} height={height + 0.8 * rem} />
      <rect class={`flow-bar flow-bar-${node.sink}`} x={node.x0} y={node.y0} width={node.x1 - node.x0} height={height} />
      {hidden ? null : node.kind === 'sink'
        ? (
          <text x={x} y={middle} class="flow-sink-label">
            <tspan x={x} dy="-0.35em" class="flow-name">{text}</tspan>
            <tspan x={x} dy="1.15em" class="flow-value">{power(watts)}</tspan>
            {share && <tspan class="flow-share" dx="0.5em">{share}</tspan>}
          </text>
        )
        : (
          <text x={x} y={middle} dy="0.35em" class="flow-label">
            <tspan class="flow-name">{text}</tspan>
            <tspan class="flow-value" dx="0.5em">{tilde}{power(watts)}</tspan>
          </text>
        )}
    </g>
  );
}

/** A loss is named after what loses; everything else by the name that the site gave it. */
export function nodeLabel(node: FlowNode): string {
  return node.role === 'loss' && node.id.endsWith(':loss') ? say('flow.loss', { name: node.id.slice(0, -':loss'.length) }) : node.label;
}

/** A sink shows the collector's own sum where there is one. */
function wattsOf(node: PlacedNode, sums: FlowSums | undefined): number | null {
  return node.kind === 'sink' ? sinkWatts(node.sink, sums) ?? node.powerW : node.powerW;
}

export function sinkWatts(sink: Sink, sums: FlowSums | undefined): number | null {
  switch (sink) {
    case 'it': return sums?.itW ?? null;
    case 'cooling': return sums?.coolingW ?? null;
    case 'power_chain': return sums?.powerChainW ?? null;
    case 'lighting_other': return sums?.lightingOtherW ?? null;
  }
}

function idOf(node: unknown): string {
  return typeof node === 'object' && node !== null ? (node as { id: string }).id : String(node);
}

import { sankey, sankeyLinkHorizontal, type SankeyLink, type SankeyNode } from 'd3-sankey';
import type { ArrangedLink, ArrangedNode, Arrangement } from '../model/flow';

export type PlacedNode = SankeyNode<ArrangedNode, ArrangedLink> & { x0: number; x1: number; y0: number; y1: number };
export type PlacedLink = SankeyLink<ArrangedNode, ArrangedLink>;

export interface Box {
  width: number;
  height: number;
  /** Room right of the last column, for the labels of the sinks. */
  right: number;
  nodeWidth: number;
  padding: number;
  /** Room above and below, so that the label of a thin sink is not cut. */
  margin: number;
}

/** Places an arrangement in a box. The only file that knows d3-sankey. */
export function placeFlow(arrangement: Arrangement, box: Box): { nodes: PlacedNode[]; links: { path: string; width: number; link: PlacedLink }[] } {
  if (arrangement.links.length === 0 || box.width <= box.right || box.height <= 0) {
    return { nodes: [], links: [] };
  }
  const layout = sankey<ArrangedNode, ArrangedLink>()
    .nodeId((node) => node.id)
    .nodeAlign((node) => (node as unknown as ArrangedNode).column)
    .nodeSort((a, b) => a.order - b.order)
    .linkSort((a, b) => orderOf(a.target) - orderOf(b.target) || orderOf(a.source) - orderOf(b.source))
    .nodeWidth(box.nodeWidth)
    .nodePadding(box.padding)
    .extent([[0, box.margin], [box.width - box.right, box.height - box.margin]])
    .iterations(24);
  const graph = layout({ nodes: arrangement.nodes.map((node) => ({ ...node })), links: arrangement.links.map((link) => ({ ...link })) });
  const path = sankeyLinkHorizontal<ArrangedNode, ArrangedLink>();
  return {
    nodes: graph.nodes as PlacedNode[],
    links: graph.links.map((link) => ({ path: (path(link) ?? '') + through(link.target as PlacedNode), width: Math.max(1, link.width ?? 1), link })),
  };
}

/** A link that only passes a column runs straight through it. */
function through(target: PlacedNode): string {
  return target.kind === 'through' ? `H${target.x1}` : '';
}

function orderOf(node: unknown): number {
  return (node as ArrangedNode).order;
}

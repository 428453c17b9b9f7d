import type { Flow, FlowLink, FlowNode, Role } from '../types';

/** Where power ends up: the four parts that PUE is made of, and what no meter tells; in the order they are always drawn. */
export const sinks = ['it', 'power_chain', 'cooling', 'lighting_other', 'unknown'] as const;
export type Sink = (typeof sinks)[number];

export interface ArrangedNode {
  id: string;
  /** The node of the collector, or null for what the drawing adds. */
  node: FlowNode | null;
  kind: 'node' | 'more' | 'through' | 'sink';
  sink: Sink;
  column: number;
  order: number;
  powerW: number;
  /** How many nodes a `more` node stands for. */
  count: number;
}

export interface ArrangedLink {
  source: string;
  target: string;
  value: number;
  sink: Sink;
}

export interface Arrangement {
  nodes: ArrangedNode[];
  links: ArrangedLink[];
  columns: number;
  /** Nodes whose power is not known; they are named, never drawn as zero. */
  unknown: FlowNode[];
}

const sinkOfRole: Record<Role, Sink> = {
  total: 'it',
  it: 'it',
  power_chain: 'it',
  loss: 'power_chain',
  cooling: 'cooling',
  lighting: 'lighting_other',
  other: 'lighting_other',
};

/** More end points of one kind under one parent than this are drawn as the largest ones and "n more". */
const MOST_SIBLINGS = 8;

/**
 * Turns the meter tree's flow into columns that a Sankey can draw without crossings: every end point runs on into one of
 * the sinks, links that would jump over a column pass through a place of their own, and the order never depends on values.
 */
export function arrangeFlow(flow: Flow): Arrangement {
  const byId = new Map(flow.nodes.map((node) => [node.id, node]));
  const unknown = flow.nodes.filter((node) => node.powerW === null);
  const sound = withoutCycles(flow.links.filter((link) => link.powerW > 0 && byId.has(link.from) && byId.has(link.to)));
  const links = gatherSiblings(sound, byId);

  const outgoing = groupBy(links, (link) => link.from);
  const incoming = groupBy(links, (link) => link.to);
  const ids = [...new Set(links.flatMap((link) => [link.from, link.to]))];
  const depth = depths(ids, incoming);
  const sinkOf = new Map<string, Sink>();
  for (const id of ids) {
    sinkOf.set(id, sinkOfNode(id, byId));
  }

  const last = Math.max(0, ...depth.values()) + 1;
  const rank = rankOf(flow, ids, outgoing, incoming);
  const nodes = new Map<string, ArrangedNode>();
  for (const id of ids) {
    const node = byId.get(id) ?? null;
    const power = sum(incoming.get(id)) || sum(outgoing.get(id));
    const sink = sinkOf.get(id)!;
    nodes.set(id, {
      id, node, sink, kind: node ? 'node' : 'more', column: depth.get(id)!, order: sinks.indexOf(sink) * 10_000 + rank.get(id)!,
      powerW: node?.powerW ?? power, count: node ? 1 : Number(id.split('#')[1]),
    });
  }

  const drawn = new Map<string, ArrangedLink>();
  for (const link of links) {
    span(nodes, drawn, link.from, link.to, link.powerW, sinkOf.get(link.to)!);
  }
  for (const id of ids) {
    if (outgoing.has(id)) {
      continue;
    }
    const sink = sinkOf.get(id)!;
    const sinkId = `sink:${sink}`;
    const power = sum(incoming.get(id));
    const known = nodes.get(sinkId);
    if (known) {
      known.powerW += power;
    } else {
      nodes.set(sinkId, { id: sinkId, node: null, kind: 'sink', sink, column: last, order: sinks.indexOf(sink) * 10_000, powerW: power, count: 0 });
    }
    span(nodes, drawn, id, sinkId, power, sink);
  }

  return { nodes: [...nodes.values()], links: [...drawn.values()], columns: last + 1, unknown };
}

/**
 * Adds a link, by way of invisible nodes when it would jump over a column. What runs to the same place shares them:
 * it becomes one stream, and the column keeps room for its labels.
 */
function span(nodes: Map<string, ArrangedNode>, drawn: Map<string, ArrangedLink>, from: string, to: string, value: number, sink: Sink): void {
  const first = nodes.get(from)!.column + 1;
  const last = nodes.get(to)!.column;
  let previous = from;
  for (let column = first; column < last; column++) {
    const id = `through:${to}@${column}`;
    const known = nodes.get(id);
    if (known) {
      known.powerW += value;
    } else {
      nodes.set(id, { id, node: null, kind: 'through', sink, column, order: sinks.indexOf(sink) * 10_000 + 9_999, powerW: value, count: 0 });
    }
    draw(drawn, previous, id, value, sink);
    previous = id;
  }
  draw(drawn, previous, to, value, sink);
}

function draw(drawn: Map<string, ArrangedLink>, source: string, target: string, value: number, sink: Sink): void {
  const key = `${source}>${target}`;
  const known = drawn.get(key);
  if (known) {
    known.value += value;
  } else {
    drawn.set(key, { source, target, value, sink });
  }
}

/** Drops the links that close a circle: a drawing must not hang on a faulty tree. */
function withoutCycles(links: FlowLink[]): FlowLink[] {
  const kept: FlowLink[] = [];
  const next = new Map<string, string[]>();
  const reaches = (from: string, wanted: string): boolean =>
    from === wanted || (next.get(from) ?? []).some((id) => reaches(id, wanted));
  for (const link of links) {
    if (!reaches(link.to, link.from)) {
      kept.push(link);
      next.set(link.from, [...(next.get(link.from) ?? []), link.to]);
    }
  }
  return kept;
}

/** Keeps the largest end points of each parent and kind, and gathers the others into one node `parent>role#count`. */
function gatherSiblings(links: FlowLink[], byId: Map<string, FlowNode>): FlowLink[] {
  const parents = new Set(links.map((link) => link.from));
  const feeds = new Map<string, number>();
  for (const link of links) {
    feeds.set(link.to, (feeds.get(link.to) ?? 0) + 1);
  }
  const gathered: FlowLink[] = [];
  for (const group of groupBy(links, (link) => `${link.from}>${sinkOfNode(link.to, byId)}`).entries()) {
    const [key, all] = group;
    const ends = all.filter((link) => !parents.has(link.to) && feeds.get(link.to) === 1);
    if (ends.length <= MOST_SIBLINGS) {
      gathered.push(...all);
      continue;
    }
    const bySize = [...ends].sort((a, b) => b.powerW - a.powerW);
    const small = new Set(bySize.slice(MOST_SIBLINGS - 1));
    gathered.push(...all.filter((link) => !small.has(link)));
    gathered.push({ from: all[0]!.from, to: `${key}#${small.size}`, powerW: sum([...small]) });
  }
  return gathered;
}

/** A rest that flows to meters without a value is of no known use, whatever role it is given. */
function sinkOfNode(id: string, byId: Map<string, FlowNode>): Sink {
  const node = byId.get(id);
  if (!node) {
    return id.slice(id.indexOf('>') + 1, id.indexOf('#')) as Sink;
  }
  return id.endsWith(':unknown') ? 'unknown' : sinkOfRole[node.role];
}

/** Longest way from a root. */
function depths(ids: string[], incoming: Map<string, FlowLink[]>): Map<string, number> {
  const known = new Map<string, number>();
  const depthOf = (id: string): number => {
    const cached = known.get(id);
    if (cached !== undefined) {
      return cached;
    }
    const above = incoming.get(id) ?? [];
    const depth = above.length === 0 ? 0 : 1 + Math.max(...above.map((link) => depthOf(link.from)));
    known.set(id, depth);
    return depth;
  };
  ids.forEach(depthOf);
  return known;
}

/**
 * Place within a column: the order of a walk from the roots, so that what one node feeds stays together and links cross as
 * little as they can. The walk takes the collector's order of nodes, gathered ones last, and knows no values.
 */
function rankOf(flow: Flow, ids: string[], outgoing: Map<string, FlowLink[]>, incoming: Map<string, FlowLink[]>): Map<string, number> {
  const named = new Map(flow.nodes.map((node, index) => [node.id, index]));
  const place = (id: string): number => named.get(id) ?? flow.nodes.length;
  const rank = new Map<string, number>();
  const walk = (id: string): void => {
    if (!rank.has(id)) {
      rank.set(id, rank.size);
      (outgoing.get(id) ?? []).map((link) => link.to).sort((a, b) => place(a) - place(b)).forEach(walk);
    }
  };
  ids.filter((id) => !incoming.has(id)).sort((a, b) => place(a) - place(b)).forEach(walk);
  return rank;
}

function groupBy<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) {
      group.push(item);
    } else {
      groups.set(name, [item]);
    }
  }
  return groups;
}

function sum(links: FlowLink[] | undefined): number {
  return (links ?? []).reduce((total, link) => total + link.powerW, 0);
}

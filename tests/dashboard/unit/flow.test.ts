import { describe, expect, it } from 'vitest';
import { placeFlow } from '@dashboard/chart/sankeyLayout';
import { arrangeFlow, type ArrangedNode } from '@dashboard/model/flow';
import { spreadLabels } from '@dashboard/model/labels';
import type { Flow, FlowLink, FlowNode, Role } from '@dashboard/types';

const node = (id: string, role: Role, powerW: number | null): FlowNode => ({ id, label: id, role, powerW, ageSeconds: 1, quality: powerW === null ? 'missing' : 'good' });
const flowOf = (nodes: FlowNode[], links: [string, string, number][]): Flow => ({
  nodes, links: links.map(([from, to, powerW]): FlowLink => ({ from, to, powerW })),
  sums: { totalW: null, itW: null, coolingW: null, powerChainW: null, lightingOtherW: null },
});

const hall = flowOf(
  [node('utility', 'total', 130), node('ups', 'power_chain', 106), node('pdu', 'it', 100), node('ups:loss', 'loss', 6), node('chiller', 'cooling', 20), node('lights', 'lighting', 4)],
  [['utility', 'ups', 106], ['utility', 'chiller', 20], ['utility', 'lights', 4], ['ups', 'pdu', 100], ['ups', 'ups:loss', 6]],
);

const find = (nodes: ArrangedNode[], id: string): ArrangedNode => nodes.find((one) => one.id === id)!;

describe('arrangeFlow', () => {
  it('lets every end point run into the sink of its use', () => {
    const { nodes } = arrangeFlow(hall);
    const sinks = Object.fromEntries(nodes.filter((one) => one.kind === 'sink').map((one) => [one.sink, one.powerW]));
    expect(sinks).toEqual({ it: 100, power_chain: 6, cooling: 20, lighting_other: 4 });
  });

  it('draws no link over a column: each one goes to the next', () => {
    const { nodes, links } = arrangeFlow(hall);
    for (const link of links) {
      expect(find(nodes, link.target).column - find(nodes, link.source).column).toBe(1);
    }
  });

  it('keeps the balance of every node that has both sides', () => {
    const { nodes, links } = arrangeFlow(hall);
    for (const { id, kind } of nodes) {
      const into = links.filter((link) => link.target === id).reduce((sum, link) => sum + link.value, 0);
      const out = links.filter((link) => link.source === id).reduce((sum, link) => sum + link.value, 0);
      if (into > 0 && out > 0) {
        expect(out, `${kind} ${id}`).toBeCloseTo(into);
      }
    }
  });

  it('does not change the order when values change', () => {
    const order = (flow: Flow): string[] => arrangeFlow(flow).nodes.sort((a, b) => a.column - b.column || a.order - b.order).map((one) => one.id);
    const other: Flow = { ...hall, links: hall.links.map((link) => ({ ...link, powerW: 200 - link.powerW })) };
    expect(order(other)).toEqual(order(hall));
  });

  it('keeps together what one node feeds, whatever order the collector names it in', () => {
    const { nodes } = arrangeFlow(flowOf(
      [node('utility', 'total', 6), node('ups-a', 'power_chain', 3), node('ups-b', 'power_chain', 3), node('a1', 'it', 1), node('b1', 'it', 3), node('a2', 'it', 2)],
      [['utility', 'ups-a', 3], ['utility', 'ups-b', 3], ['ups-a', 'a1', 1], ['ups-b', 'b1', 3], ['ups-a', 'a2', 2]]));
    expect(nodes.filter(({ column }) => column === 2).sort((a, b) => a.order - b.order).map(({ id }) => id)).toEqual(['a1', 'a2', 'b1']);
  });

  it('names what has no value and never draws it as zero', () => {
    const { nodes, unknown } = arrangeFlow(flowOf([...hall.nodes, node('rack-9', 'it', null)], hall.links.map(({ from, to, powerW }) => [from, to, powerW])));
    expect(unknown.map(({ id }) => id)).toEqual(['rack-9']);
    expect(nodes.some(({ id }) => id === 'rack-9')).toBe(false);
  });

  it('keeps what no meter tells out of every known use', () => {
    const { nodes } = arrangeFlow(flowOf([node('utility', 'total', 10), node('utility:unknown', 'other', 10)], [['utility', 'utility:unknown', 10]]));
    expect(nodes.filter((one) => one.kind === 'sink').map((one) => one.sink)).toEqual(['unknown']);
  });

  it('gathers small siblings into one node and loses no power', () => {
    const racks = Array.from({ length: 40 }, (_, index) => node(`rack-${index}`, 'it', index + 1));
    const { nodes, links } = arrangeFlow(flowOf([node('ups', 'total', 820), ...racks], racks.map(({ id, powerW }) => ['ups', id, powerW!])));
    const more = nodes.find((one) => one.kind === 'more')!;
    expect(more.count).toBe(33);
    expect(nodes.filter((one) => one.kind === 'node' && one.column === 1)).toHaveLength(7);
    expect(find(nodes, 'sink:it').powerW).toBe(820);
    expect(links.filter((link) => link.source === 'ups').reduce((sum, link) => sum + link.value, 0)).toBe(820);
  });

  it('survives a circle, a link to nowhere, a link to itself and a flow without links', () => {
    const nodes = [node('a', 'total', 5), node('b', 'power_chain', 5), node('c', 'it', 5)];
    const { links } = arrangeFlow(flowOf(nodes, [['a', 'b', 5], ['b', 'a', 5], ['b', 'b', 1], ['b', 'ghost', 2], ['b', 'c', 5]]));
    expect(links.map(({ source, target }) => `${source}>${target}`)).toEqual(['a>b', 'b>c', 'c>sink:it']);
    expect(arrangeFlow(flowOf(nodes, [])).links).toEqual([]);
  });

  it('places a meter that has more going out than coming in beside what makes up the difference', () => {
    const { nodes } = arrangeFlow(flowOf(
      [node('utility', 'total', 9), node('utility:excess', 'other', 1), node('pdu', 'it', 10)],
      [['utility:excess', 'utility', 1], ['utility', 'pdu', 10]]));
    expect(find(nodes, 'utility:excess').column).toBe(0);
    expect(find(nodes, 'utility').column).toBe(1);
  });
});

describe('placeFlow', () => {
  const box = { width: 800, height: 300, right: 160, nodeWidth: 8, padding: 16, margin: 12 };

  it('keeps everything inside the box, columns in their order', () => {
    const { nodes, links } = placeFlow(arrangeFlow(hall), box);
    expect(links.length).toBeGreaterThan(0);
    for (const placed of nodes) {
      expect(placed.x1).toBeLessThanOrEqual(640.001);
      expect(placed.y0).toBeGreaterThanOrEqual(11.9);
      expect(placed.y1).toBeLessThanOrEqual(288.1);
    }
    expect(links.every(({ path }) => path.startsWith('M') && !path.includes('NaN'))).toBe(true);
  });

  it('draws nothing in a box that is too small', () => {
    expect(placeFlow(arrangeFlow(hall), { ...box, width: 100 })).toEqual({ nodes: [], links: [] });
  });
});

describe('spreadLabels', () => {
  it('keeps a gap, the order and the bounds', () => {
    const placed = spreadLabels([10, 12, 14, 95], 20, 5, 100);
    expect(placed).toEqual([10, 30, 50, 95]);
    const low = spreadLabels([80, 90, 99], 20, 0, 100);
    expect(low).toEqual([60, 80, 100]);
  });
});

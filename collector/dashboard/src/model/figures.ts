import type { Kpi, KpiWindow } from '../types';

export const periods: readonly KpiWindow[] = ['15m', '1h', '1d', '30d', '12mo'];

/** Most decimals that a figure is ever shown with. */
export const mostDecimals: Record<string, number> = { pue: 3, wue: 3, ppue_cooling: 3, ppue_ups: 3 };

/** The figure to show large: of this moment where the collector computes one, else of the shortest period it has. */
export function headline(kpis: readonly Kpi[], name: string): Kpi | undefined {
  const own = kpis.filter((kpi) => kpi.name === name && kpi.scope === 'site');
  for (const window of ['now', ...periods] as const) {
    const found = own.find((kpi) => kpi.window === window);
    if (found) {
      return found;
    }
  }
  return undefined;
}

export interface Part {
  name: 'cooling' | 'power_chain' | 'lighting_other';
  value: number;
  /** Where the part begins on the scale above 1. */
  from: number;
}

const partOrder = ['power_chain', 'cooling', 'lighting_other'] as const;

/** The parts of PUE above 1 in their fixed order, stacked; parts that the collector names otherwise count as other. */
export function stackParts(kpi: Kpi | undefined): Part[] {
  const named = new Map<string, number>();
  for (const part of kpi?.parts ?? []) {
    const name = (partOrder as readonly string[]).includes(part.name) ? part.name : 'lighting_other';
    named.set(name, (named.get(name) ?? 0) + Math.max(0, part.value));
  }
  let from = 0;
  return partOrder.filter((name) => named.has(name)).map((name) => {
    const value = named.get(name)!;
    const part = { name, value, from };
    from += value;
    return part;
  });
}

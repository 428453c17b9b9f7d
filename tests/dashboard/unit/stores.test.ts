import { describe, expect, it } from 'vitest';
import { behind } from '@dashboard/model/stores';

describe('stores', () => {
  const store = (name: string, lagSeconds: number) => ({ name, lagSeconds, backlogBatches: 9, readingsPerSecond: 12_000 });

  it('are not spoken of while they keep up', () => {
    expect(behind([store('history', 0), store('influx', 59)])).toEqual([]);
  });

  it('are named when they are behind, the worst first', () => {
    expect(behind([store('history', 75), store('influx', 7200)]).map(({ name }) => name)).toEqual(['influx', 'history']);
  });
});

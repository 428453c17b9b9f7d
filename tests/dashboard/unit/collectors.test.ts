import { describe, expect, it } from 'vitest';
import { standing } from '@dashboard/model/collectors';

describe('two collectors', () => {
  const asked = (peerOnline: boolean, notifier: string | null) => standing({ host: 'edgedcim-a', peer: 'edgedcim-b', peerOnline, notifier });

  it('are quiet while one notifies and the other stands by', () => {
    expect(asked(true, 'edgedcim-a')).toEqual({ key: 'truth.collector.notifies', mark: 'good' });
    expect(asked(true, 'edgedcim-b')).toEqual({ key: 'truth.collector.stands-by', mark: 'good' });
  });

  it('are loud when one is alone, or when nobody notifies', () => {
    expect(asked(false, 'edgedcim-a')).toEqual({ key: 'truth.collector.alone', mark: 'advisory' });
    expect(asked(true, null)).toEqual({ key: 'truth.collector.nobody', mark: 'advisory' });
  });
});

import type { MessageKey } from '../i18n';
import type { Collector } from '../types';
import type { Mark } from './marks';

/** How two collectors of one site stand, in a message and a mark; one alone, or nobody who notifies, deserves a look. */
export function standing({ host, peerOnline, notifier }: Collector): { key: MessageKey; mark: Mark } {
  if (notifier === null) {
    return { key: 'truth.collector.nobody', mark: 'advisory' };
  }
  if (notifier !== host) {
    return { key: 'truth.collector.stands-by', mark: 'good' };
  }
  return peerOnline ? { key: 'truth.collector.notifies', mark: 'good' } : { key: 'truth.collector.alone', mark: 'advisory' };
}

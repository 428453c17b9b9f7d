import type { Store } from '../types';

/** A database takes what comes every second or so; a minute behind, it was away or does not keep up, and a person should know. */
const behindSeconds = 60;

/** The stores that are behind, the worst first. */
export function behind(stores: Store[]): Store[] {
  return stores.filter(({ lagSeconds }) => lagSeconds >= behindSeconds).sort((a, b) => b.lagSeconds - a.lagSeconds);
}

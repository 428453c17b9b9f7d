import { computed } from '@preact/signals';
import { choosePowerScale, type PowerScale } from '../model/numbers';
import { devices, flow } from './store';

let previous: PowerScale | null = null;

/** One prefix for every power on the page, chosen by the largest. */
export const powerScale = computed<PowerScale>(() => {
  const current = flow.value.value;
  const powers = current
    ? [current.sums.totalW ?? 0, ...current.nodes.map((node) => node.powerW ?? 0)]
    : [...devices.value.values()].flatMap(({ value }) => value.vitals.filter((vital) => vital.unit === 'W').map((vital) => vital.value ?? 0));
  const largest = Math.max(0, ...powers.map(Math.abs));
  if (largest > 0 || previous === null) {
    previous = choosePowerScale(largest > 0 ? largest : 1_000, previous);
  }
  return previous;
});

import { computed } from '@preact/signals';
import { choosePowerScale, type PowerScale } from '../model/numbers';
import { devices, flow } from './store';

let previous: PowerScale | null = null;

/** One prefix for every power on the page, chosen by the largest. */
export const powerScale = computed<PowerScale>(() => {
  const current = flow.value.value;
  const flowing = largestOf([current?.sums.totalW, ...(current?.nodes ?? []).map((node) => node.powerW)]);
  const largest = flowing > 0
    ? flowing
    : largestOf([...devices.value.values()].flatMap(({ value }) => value.vitals.filter((vital) => vital.unit === 'W').map((vital) => vital.value)));
  if (largest > 0 || previous === null) {
    previous = choosePowerScale(largest > 0 ? largest : 1_000, previous);
  }
  return previous;
});

function largestOf(powers: (number | null | undefined)[]): number {
  return powers.reduce<number>((largest, power) => Math.max(largest, Math.abs(power ?? 0)), 0);
}

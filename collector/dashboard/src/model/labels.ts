/**
 * Moves labels apart so that each has `gap` of room, as near as possible to where it wants to be.
 * `wanted` goes downwards on the screen (growing y) and stays in its order; all end up between `top` and `bottom`.
 */
export function spreadLabels(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const placed = [...wanted];
  for (let index = 0; index < placed.length; index++) {
    placed[index] = Math.max(placed[index]!, index === 0 ? top : placed[index - 1]! + gap);
  }
  for (let index = placed.length - 1; index >= 0; index--) {
    placed[index] = Math.min(placed[index]!, index === placed.length - 1 ? bottom : placed[index + 1]! - gap);
  }
  return placed;
}

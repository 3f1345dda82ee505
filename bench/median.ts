/**
 * Returns the median. For an even number of values, that is the upper middle
 * one.
 */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

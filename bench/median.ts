/**
 * Returns the median. For an even number of values, returns the upper of the
 * two middle values.
 */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

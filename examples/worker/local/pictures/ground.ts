/**
 * Edges between what is near and what is far.
 *
 * @module
 */
import { type Canvas, clamp } from "./paint.ts";

/** A height for each column, worked out once. */
export function byColumn(
  canvas: Canvas,
  height: (x: number) => number,
): (x: number) => number {
  const margin = Math.ceil(0.1 / canvas.pixel);
  const heights = Float64Array.from(
    { length: canvas.width + 2 * margin },
    (_, index) => height((index - margin + 0.5) * canvas.pixel),
  );
  return (x) => heights[Math.floor(x / canvas.pixel) + margin] ?? 1;
}

/** Covers what is below an edge. */
export function edge({ pixel }: Canvas, below: number): number {
  return clamp(below / pixel + 0.5);
}

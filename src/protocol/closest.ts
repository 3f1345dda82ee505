/**
 * Suggests corrections for misspelled names.
 *
 * @module
 */

/**
 * Finds the candidate closest to a misspelled name: at most two edits away, or one
 * edit if the name is short.
 */
export function closest(
  name: string,
  candidates: readonly string[],
): string | undefined {
  for (let edits = 0; edits <= (name.length < 4 ? 1 : 2); edits++) {
    const found = candidates.find((candidate) =>
      isWithin(edits, name.toLowerCase(), candidate.toLowerCase())
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns whether `a` can be turned into `b` with at most `edits` insertions, deletions or replacements. */
function isWithin(edits: number, a: string, b: string): boolean {
  if (a === b) return true;
  if (edits === 0) return false;
  if (a[0] === b[0]) return isWithin(edits, a.slice(1), b.slice(1));
  return isWithin(edits - 1, a.slice(1), b) ||
    isWithin(edits - 1, a, b.slice(1)) ||
    isWithin(edits - 1, a.slice(1), b.slice(1));
}

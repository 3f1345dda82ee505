/** Formats values like a log; other runtimes get `tests/runtimes/inside/support/inspect.ts`. */

/** Formats a value like the runtime's console. */
export function inspect(value: unknown): string {
  return Deno.inspect(value);
}

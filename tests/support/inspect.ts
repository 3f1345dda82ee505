/**
 * Formats values as a log would. Other runtimes use
 * `tests/runtimes/inside/support/inspect.ts` instead.
 */

/** Formats a value as the runtime's console would. */
export function inspect(value: unknown): string {
  return Deno.inspect(value);
}

/**
 * Formats values as a log would; other runtimes get
 * `tests/runtimes/inside/support/inspect.ts`.
 */

/** Formats a value as the runtime's console would. */
export function inspect(value: unknown): string {
  return Deno.inspect(value);
}

/** What a log shows; other runtimes get `tests/runtimes/inside/support/inspect.ts`. */

/** A value as the console of the runtime writes it. */
export function inspect(value: unknown): string {
  return Deno.inspect(value);
}

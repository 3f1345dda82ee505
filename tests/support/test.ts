/**
 * Registers tests. Other runtimes use `tests/runtimes/inside/support/test.ts`
 * instead.
 */

/** The runtime that runs the tests. */
export type RuntimeName = "deno" | "node" | "bun" | "workerd" | "browser";

/** Options for a test. */
export interface TestOptions {
  /**
   * Runtimes that cannot run the test, and why.
   * @default {{}}
   */
  not?: Partial<Record<RuntimeName, string>>;
}

/** Registers a test. Its name states what must hold. */
export function test(
  name: string,
  fn: () => void | Promise<void>,
  { not = {} }: TestOptions = {},
): void {
  Deno.test({ name, fn, ignore: not.deno !== undefined });
}

/** Registers tests; in place of this file, other runtimes get `tests/runtimes/inside/support/test.ts`. */

/** Where the tests run. */
export type RuntimeName = "deno" | "node" | "bun" | "workerd" | "browser";

/** How a test may differ from others. */
export interface TestOptions {
  /**
   * The runtimes that cannot do what the test asks for, and why.
   * @default {{}}
   */
  not?: Partial<Record<RuntimeName, string>>;
}

/** Registers a test; its name is a sentence that must hold. */
export function test(
  name: string,
  fn: () => void | Promise<void>,
  { not = {} }: TestOptions = {},
): void {
  Deno.test({ name, fn, ignore: not.deno !== undefined });
}

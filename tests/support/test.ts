/** Registers a test; its name is a sentence that must hold. */
export function test(name: string, fn: () => void | Promise<void>): void {
  Deno.test(name, fn);
}

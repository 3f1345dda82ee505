/** Formats values as a log would. */

interface NodeLike {
  process?: {
    getBuiltinModule?(name: string): { inspect(value: unknown): string };
  };
}

/** Formats a value approximately as the runtime's console would. */
export function inspect(value: unknown): string {
  const { process } = globalThis as NodeLike;
  const util = process?.getBuiltinModule?.("node:util");
  if (util !== undefined) return util.inspect(value);
  if (!(value instanceof Error)) return JSON.stringify(value) ?? String(value);
  const { stack = "", cause } = value;
  // Some runtimes leave the message out of the stack.
  const text = stack.includes(value.message) ? stack : `${value}\n${stack}`;
  return cause === undefined ? text : `${text}\ncause: ${inspect(cause)}`;
}

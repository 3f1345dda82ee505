/** Property tests. Each run uses the same cases, unless `SEED` selects others. */
import fc from "fast-check";

/** The seed for all tests. */
export const SEED: number = readSeed();

interface WithEnvironment {
  process?: { env?: Record<string, string | undefined> };
}

function readSeed(): number {
  // Workers and pages have no environment variables.
  const seed = Number(
    (globalThis as WithEnvironment).process?.env?.SEED ?? 1,
  );
  if (Number.isSafeInteger(seed)) return seed;
  throw new TypeError("Cannot read SEED: it must be an integer");
}

/** Returns instructions to reproduce a failure. */
export function toRepeat(seed: number, stack = ""): string {
  const [file] = /\btests\/[\w/]+_test\.ts/.exec(stack) ?? [];
  const command = file === undefined ? "" : ` deno task test ${file}`;
  return `Repeat it: SEED=${seed}${command}`;
}

/**
 * Asserts that a property holds. A failure shows a counterexample and how to
 * reproduce it.
 */
export function assertProperty<T>(
  property: fc.IAsyncProperty<T>,
  parameters?: fc.Parameters<T>,
): Promise<void>;
export function assertProperty<T>(
  property: fc.IProperty<T>,
  parameters?: fc.Parameters<T>,
): void;
export function assertProperty<T>(
  property: fc.IAsyncProperty<T> | fc.IProperty<T>,
  parameters: fc.Parameters<T> = {},
): Promise<void> | void {
  const { stack } = new Error();
  return fc.assert(property as fc.IProperty<T>, {
    seed: SEED,
    ...parameters,
    reporter(details) {
      if (!details.failed) return;
      const message = fc.defaultReportMessage(details as never);
      const repeat = toRepeat(details.seed, stack);
      throw new Error(`${message}\n\n${repeat}`, {
        cause: details.errorInstance,
      });
    },
  });
}

/** Collects tests, to be run one by one. */
import type { TestOptions } from "../../../support/test.ts";

export type { RuntimeName, TestOptions } from "../../../support/test.ts";

/** A test, as it was registered. */
export interface Case {
  name: string;
  fn: () => void | Promise<void>;
  not: NonNullable<TestOptions["not"]>;
}

/** All tests, in their order. */
export const cases: Case[] = [];

/** Registers a test; its name is a sentence that must hold. */
export function test(
  name: string,
  fn: () => void | Promise<void>,
  { not = {} }: TestOptions = {},
): void {
  cases.push({ name, fn, not });
}

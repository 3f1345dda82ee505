/** Collects tests, which run one by one. */
import type { TestOptions } from "../../../support/test.ts";

export type { RuntimeName, TestOptions } from "../../../support/test.ts";

/** A registered test. */
export interface Case {
  name: string;
  fn: () => void | Promise<void>;
  not: NonNullable<TestOptions["not"]>;
}

/** All tests, in order. */
export const cases: Case[] = [];

/** Registers a test. Its name states what must hold. */
export function test(
  name: string,
  fn: () => void | Promise<void>,
  { not = {} }: TestOptions = {},
): void {
  cases.push({ name, fn, not });
}

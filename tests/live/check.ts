/** Runs checks one after another, and reports each of them. */
import { stripVTControlCharacters as stripAnsiCode } from "node:util";
import type { Stage } from "./stage.ts";

/** A statement that must be true of the library and the server together. */
export interface Check {
  /** The statement, with its subject first. */
  name: string;
  /**
   * Checks the statement.
   *
   * @returns Anything else worth reporting.
   * @throws {Skip} If the statement cannot be checked on this server.
   * @throws Any other error if the statement is false.
   */
  run(stage: Stage): Promise<string | void>;
}

/** Creates a check. */
export function check(name: string, run: Check["run"]): Check {
  return { name, run };
}

/** The reason why a check cannot run on this server. */
export class Skip extends Error {
  override readonly name = "Skip" as const;
}

/** The outcome of one check. */
export interface Outcome {
  name: string;
  result: "passed" | "failed" | "skipped";
  /** Why the check failed or was skipped, or anything else worth reporting. */
  reason: string;
  durationMs: number;
}

/** Runs checks until the signal is aborted. */
export async function* runChecks(
  checks: readonly Check[],
  stage: Stage,
): AsyncGenerator<Outcome> {
  for (const { name, run } of checks) {
    if (stage.signal.aborted) return;
    const start = performance.now();
    const outcome = await run(stage).then(
      (note) => ({ result: "passed" as const, reason: note ?? "" }),
      (error) => ({
        result: error instanceof Skip ? "skipped" as const : "failed" as const,
        reason: toReason(error),
      }),
    );
    if (stage.signal.aborted) return;
    yield { name, ...outcome, durationMs: performance.now() - start };
  }
}

function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Skip) return error.message;
  const place = /^ *at .*tests\/live\/.*$/m.exec(error.stack ?? "")?.[0] ?? "";
  const message = stripAnsiCode(`${error.name}: ${error.message}`);
  return `${message}\n${place.trim()}`.replaceAll(/\n\s*(?=\n|$)/g, "");
}

/** Returns the lines that report an outcome. */
export function format({ name, result, reason, durationMs }: Outcome): string {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`.padStart(8);
  const label = result === "failed" ? "FAILED" : result;
  const lines = reason === "" ? [] : reason.split("\n");
  return [
    `${label.padEnd(8)}${seconds}  ${name}`,
    ...lines.map((line) => `${" ".repeat(18)}${line}`),
  ].join("\n");
}

/** Returns the line that sums up a run. */
export function summarize(outcomes: readonly Outcome[]): string {
  const count = (result: Outcome["result"]) =>
    `${
      outcomes.filter((outcome) => outcome.result === result).length
    } ${result}`;
  return [count("passed"), count("failed"), count("skipped")].join(", ");
}

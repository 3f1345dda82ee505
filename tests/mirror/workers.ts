/** A worker with mirrors, run in workerd by Miniflare. */
import { Miniflare } from "miniflare";
import type { MirrorDatabase, SqlStatement } from "../../src/mirror/mod.ts";
import { bundle } from "../support/bundle.ts";

/** The places where a mirror can be stored, with their names in tests. */
export const PLACES = [["d1", "D1"], ["object", "Durable Object"]] as const;

type Place = typeof PLACES[number][0];

/** A running worker. */
export interface Workers extends AsyncDisposable {
  /** Sends a command to the worker; rejects if the command fails. */
  send(place: Place, command: string, data: unknown): Promise<unknown>;
  /** The worker's D1 database. */
  databaseIn(place: Place): MirrorDatabase;
}

const script = await bundle("tests/mirror/inside/worker.ts");

/**
 * Starts a worker. If a folder is given, Durable Objects are kept there when
 * the worker stops.
 */
export async function startWorkers(folder?: string): Promise<Workers> {
  const miniflare = new Miniflare({
    modules: true,
    script,
    compatibilityDate: "2026-07-01",
    durableObjects: { MIRRORS: { className: "MirrorObject", useSQLite: true } },
    d1Databases: ["DB"],
    ...(folder === undefined ? {} : { durableObjectsPersist: folder }),
  });
  const { origin } = await miniflare.ready;

  async function send(
    place: Place,
    command: string,
    data: unknown,
  ): Promise<unknown> {
    const answer = await fetch(`${origin}/${place}/${command}`, {
      method: "POST",
      body: JSON.stringify(data),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return await answer.json();
  }

  let disposal: Promise<void> | undefined;
  return {
    send,
    databaseIn: (place) => ({
      async batch(statements: readonly SqlStatement[]) {
        await send(place, "batch", statements);
      },
      async all(sql, params) {
        const rows = await send(place, "all", { sql, params });
        return rows as Record<string, unknown>[];
      },
      rowsAs: place === "d1" ? "json" : "parameters",
    }),
    // The test itself may already have stopped the worker.
    [Symbol.asyncDispose]: () => disposal ??= miniflare.dispose(),
  };
}

/** Registers a test with a running worker. */
export function workersTest(name: string, fn: () => Promise<void>): void {
  // Miniflare leaves a message port open and a file removal pending
  // (4.20260730.0, 2026-11).
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

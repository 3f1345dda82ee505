/** workerd, as Miniflare runs it, with a worker that keeps mirrors. */
import { Miniflare } from "miniflare";
import type { MirrorDatabase, SqlStatement } from "../../src/mirror/mod.ts";
import { bundle } from "../support/bundle.ts";

/** Where a mirror is kept. */
export type Place = "object" | "d1";

/** A running worker. */
export interface Workers extends AsyncDisposable {
  /** Has it do something; fails as it fails. */
  order(place: Place, what: string, order: unknown): Promise<unknown>;
  /** Its database, as one that is here. */
  databaseIn(place: Place): MirrorDatabase;
}

const script = await bundle("tests/mirror/inside/worker.ts");

/** Starts it; what its Durable Objects keep is in a folder that outlives it, if there is one. */
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

  async function order(
    place: Place,
    what: string,
    order: unknown,
  ): Promise<unknown> {
    const answer = await fetch(`${origin}/${place}/${what}`, {
      method: "POST",
      body: JSON.stringify(order),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return await answer.json();
  }

  let disposal: Promise<void> | undefined;
  return {
    order,
    databaseIn: (place) => ({
      async batch(statements: readonly SqlStatement[]) {
        await order(place, "batch", statements);
      },
      async all(sql, params) {
        const rows = await order(place, "all", { sql, params });
        return rows as Record<string, unknown>[];
      },
      rowsAs: place === "d1" ? "json" : "parameters",
    }),
    // It may be ended in the middle of a test, and again at its end.
    [Symbol.asyncDispose]: () => disposal ??= miniflare.dispose(),
  };
}

/** Registers a test in which it runs. */
export function workersTest(name: string, fn: () => Promise<void>): void {
  // Miniflare leaves a message port and a removal behind (4.20260730.0, 2026-11).
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

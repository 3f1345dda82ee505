/**
 * Stores rows in a Durable Object and in D1. Clocks do not advance while a worker runs,
 * so the client measures the time.
 *
 * @module
 */
import {
  d1,
  type D1Database,
  durableObject,
  type DurableObjectStorage,
} from "../../src/mirror/mod.ts";
import {
  countRows,
  type RowCounts,
} from "../../tests/mirror/inside/row_counts.ts";
import { toSteps } from "./removal_steps.ts";
import { type Batch, generateBatches } from "./rows.ts";
import { makeTables, storeByHandInObject, storeInMirror } from "./ways.ts";

interface Command {
  what: "prepare" | "by hand" | "object" | "d1" | "removals";
  samples: Parameters<typeof generateBatches>[0];
  assets: number;
}

/** Counts the rows read and written by SQLite in each step. */
async function countRowsIn(
  storage: DurableObjectStorage,
  samples: Command["samples"],
  assets: number,
): Promise<Record<string, RowCounts>> {
  const counts = { read: 0, written: 0 };
  const database = durableObject(countRows(storage, counts));
  const steps: Record<string, RowCounts> = {};
  for (const [name, work] of await toSteps(database, samples, assets)) {
    Object.assign(counts, { read: 0, written: 0 });
    await work();
    steps[name] = { ...counts };
  }
  return steps;
}

/** A Durable Object that runs one command at a time. */
export class BenchObject {
  readonly #storage: DurableObjectStorage;
  readonly #db: D1Database;
  #batches: Batch[] = [];

  constructor(
    { storage }: { storage: DurableObjectStorage },
    { DB }: { DB: D1Database },
  ) {
    this.#storage = storage;
    this.#db = DB;
  }

  async fetch(request: Request): Promise<Response> {
    const { what, samples, assets }: Command = await request.json();
    if (what === "removals") {
      const rows = await countRowsIn(this.#storage, samples, assets);
      return Response.json(rows);
    }
    if (what === "prepare") {
      this.#batches = [...generateBatches(samples, assets)];
      await makeTables(durableObject(this.#storage));
      await makeTables(d1(this.#db));
    } else if (what === "by hand") {
      storeByHandInObject(this.#storage, this.#batches);
    } else {
      const isD1 = what === "d1";
      const database = isD1 ? d1(this.#db) : durableObject(this.#storage);
      await storeInMirror(database, this.#batches);
    }
    return new Response();
  }
}

export default {
  async fetch(
    request: Request,
    { OBJECTS }: {
      OBJECTS: {
        getByName(name: string): { fetch(request: Request): Promise<Response> };
      };
    },
  ): Promise<Response> {
    return await OBJECTS.getByName(request.url).fetch(request);
  },
};

/**
 * A worker controlled by a test. The worker has a mirror in a Durable Object
 * and another one in D1.
 */
import type { Session, SyncResult } from "../../../mod.ts";
import {
  d1,
  type D1Database,
  durableObject,
  type DurableObjectStorage,
  type MirrorDatabase,
  type SqlStatement,
} from "../../../src/mirror/mod.ts";
import { SYSTEM } from "../../../src/http/mod.ts";
import { openMirror } from "../../../src/mirror/create_mirror.ts";
import { storeOddValues } from "./odd_values.ts";
import { type ModelOptions, play } from "./play.ts";
import { countRows, type RowCounts } from "./row_counts.ts";

/** Options for a run. */
export interface SyncParameters {
  session: Session;
  userId: string;
  /** How far the clock is ahead, in milliseconds. */
  aheadMs: number;
  /**
   * Whether to run a full sync.
   * @default {false}
   */
  full?: boolean;
  /**
   * Whether the run reports its progress.
   * @default {false}
   */
  reports?: boolean;
}

interface Environment {
  DB: D1Database;
  MIRRORS: {
    getByName(name: string): { fetch(request: Request): Promise<Response> };
  };
}

const COMMANDS: Record<
  string,
  (database: MirrorDatabase, data: never) => unknown
> = {
  odd: (database) => storeOddValues(database),
  play: (database, options: ModelOptions) => play(database, options),
  all: (database, { sql, params }: SqlStatement) => database.all(sql, params),
  batch: (database, statements: SqlStatement[]) => database.batch(statements),
  sync: async (
    database,
    { session, userId, aheadMs, full = false, reports }: SyncParameters,
  ): Promise<SyncResult> => {
    const env = { ...SYSTEM, now: () => Date.now() + aheadMs };
    const mirror = await openMirror(database, { userId }, env);
    return await mirror.sync(session, {
      batchSize: 100,
      ack: { every: 500 },
      full,
      ...(reports ? { onProgress: () => {} } : {}),
    });
  },
};

async function runCommand(
  database: MirrorDatabase,
  request: Request,
): Promise<Response> {
  const command = COMMANDS[request.url.replace(/.*\//, "")]!;
  try {
    const answer = await command(database, await request.json() as never);
    return Response.json(answer ?? null);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return new Response(`${error}: ${cause}`, { status: 500 });
  }
}

/** A Durable Object with a mirror. */
export class MirrorObject {
  readonly #database: MirrorDatabase;
  readonly #counts: RowCounts = { read: 0, written: 0 };

  constructor({ storage }: { storage: DurableObjectStorage }) {
    this.#database = durableObject(countRows(storage, this.#counts));
  }

  async fetch(request: Request): Promise<Response> {
    if (request.url.endsWith("/counts")) {
      const answer = Response.json(this.#counts);
      Object.assign(this.#counts, { read: 0, written: 0 });
      return answer;
    }
    return await runCommand(this.#database, request);
  }
}

export default {
  async fetch(
    request: Request,
    { DB, MIRRORS }: Environment,
  ): Promise<Response> {
    return request.url.includes("/d1/")
      ? await runCommand(d1(DB), request)
      : await MIRRORS.getByName("mirror").fetch(request);
  },
};

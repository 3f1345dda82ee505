/** A worker with a mirror in a Durable Object, and one in D1, that does what it is told. */
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
import { type Game, play } from "./play.ts";

/** A run to carry out. */
export interface SyncOrder {
  session: Session;
  userId: string;
  /** How far the clock is ahead, in milliseconds. */
  aheadMs: number;
}

interface Environment {
  DB: D1Database;
  MIRRORS: {
    getByName(name: string): { fetch(request: Request): Promise<Response> };
  };
}

const ORDERS: Record<
  string,
  (database: MirrorDatabase, order: never) => unknown
> = {
  play: (database, game: Game) => play(database, game),
  all: (database, { sql, params }: SqlStatement) => database.all(sql, params),
  batch: (database, statements: SqlStatement[]) => database.batch(statements),
  sync: async (
    database,
    { session, userId, aheadMs }: SyncOrder,
  ): Promise<SyncResult> => {
    const env = { ...SYSTEM, now: () => Date.now() + aheadMs };
    const mirror = await openMirror(database, { userId }, env);
    return await mirror.sync(session, { batchSize: 100, ack: { every: 500 } });
  },
};

async function carryOut(
  database: MirrorDatabase,
  request: Request,
): Promise<Response> {
  const order = ORDERS[request.url.replace(/.*\//, "")]!;
  try {
    const answer = await order(database, await request.json() as never);
    return Response.json(answer ?? null);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return new Response(`${error}: ${cause}`, { status: 500 });
  }
}

/** A Durable Object that is a mirror. */
export class MirrorObject {
  readonly #database: MirrorDatabase;

  constructor({ storage }: { storage: DurableObjectStorage }) {
    this.#database = durableObject(storage);
  }

  async fetch(request: Request): Promise<Response> {
    return await carryOut(this.#database, request);
  }
}

export default {
  async fetch(
    request: Request,
    { DB, MIRRORS }: Environment,
  ): Promise<Response> {
    return request.url.includes("/d1/")
      ? await carryOut(d1(DB), request)
      : await MIRRORS.getByName("mirror").fetch(request);
  },
};

/**
 * One run of `sync` against a server that sends mutated bodies first, and then
 * complete ones.
 */
import type { SyncOptions } from "../../mod.ts";
import { syncWith } from "../../src/sync/mod.ts";
import { testEnv } from "../support/env.ts";
import { answering, SESSION } from "../support/fetch.ts";
import { serve, type Served } from "./body.ts";
import type { Bytes, Corpus } from "./corpus.ts";
import { check, checkError } from "./checks.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";
import { readReference } from "./reference.ts";

/**
 * Values of `serverVersion`: omitted, so that the run asks the server; `false`;
 * and a version that sends no terminators.
 */
const VERSIONS: readonly Pick<SyncOptions, "serverVersion">[] = [
  {},
  { serverVersion: false },
  { serverVersion: { major: 1, minor: 135, patch: 0 } },
];

/** Runs `sync` until it completes or fails. */
export async function syncCase(corpus: Corpus, random: Random): Promise<void> {
  const server = new Server(corpus, random);
  const processed = new Map<string, number>();
  const options: SyncOptions = {
    fetch: answering((request) => server.answer(request)),
    batchSize: random.pick([1, 3, 1000]),
    onPoison: random.pick(["fail", "skip"]),
    ack: { every: random.pick([1, 10, 10_000]) },
    maxLineBytes: random.pick([3_000, 16 * 1024 * 1024]),
    retry: { attempts: 4 },
    ...random.pick(VERSIONS),
    idleTimeoutMs: 10_000,
  };
  let error: unknown;
  try {
    const { counts } = await syncWith(
      SESSION,
      ["AssetsV1", "UsersV1"],
      {
        process({ type, events }) {
          check(events.length > 0, "a batch is empty");
          for (const event of events) {
            check(event.type === type, "a batch has events of two types");
            server.stored.add(event.ack);
          }
          processed.set(type, (processed.get(type) ?? 0) + events.length);
        },
        reset() {
          server.stored.clear();
        },
      },
      options,
      testEnv({ random: () => 0 }),
    );
    for (const [type, count] of processed) {
      check(
        Object.hasOwn(counts, type) && counts[type] === count,
        `the count of "${type}" is wrong`,
      );
    }
  } catch (caught) {
    error = caught;
  }
  server.check();
  if (error === undefined) return;
  // The mutated version may support none of the types.
  const none = error instanceof RangeError &&
    /^Cannot sync: server version .* supports none of/.test(error.message);
  if (!none) checkError(error);
}

/** An in-memory server whose first responses are mutated. */
class Server {
  /** Acks of stored events. */
  readonly stored = new Set<string>();
  readonly #corpus: Corpus;
  readonly #random: Random;
  readonly #served: Served[] = [];
  /** Acks of the control events sent so far. */
  readonly #controls = new Set<string>();
  #mutations: number;
  #problem: string | undefined;

  constructor(corpus: Corpus, random: Random) {
    this.#corpus = corpus;
    this.#random = random;
    this.#mutations = random.below(4);
  }

  async answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const failing = this.#random.chance(0.05);
    if (failing) return this.#fail();
    if (pathname.endsWith("/stream")) return this.#stream();
    if (pathname.endsWith("/version")) return this.#version();
    const { acks } = await request.json();
    this.#checkAcks(acks);
    return new Response(null, { status: 204 });
  }

  /** Throws unless every body was released and every ack was correct. */
  check(): void {
    check(this.#problem === undefined, `${this.#problem}`);
    check(
      this.#served.every(({ released }) => released),
      "a body was not released",
    );
  }

  #stream(): Response {
    const random = this.#random;
    const { streams, complete } = this.#corpus;
    const mutated = this.#mutations-- > 0;
    const bytes = mutated
      ? mutate(random.pick(streams), random, random.pick(streams))
      : random.pick(complete);
    const end = mutated && random.chance(0.1) ? "error" : "close";
    const { events } = readReference(bytes, {
      maxLineBytes: Infinity,
      skip: true,
      optional: true,
      end,
    });
    for (const text of events) {
      const { type, ack } = JSON.parse(text);
      if (/^Sync(Ack|Reset|Complete)V1$/.test(type)) this.#controls.add(ack);
    }
    const headers = { "content-type": "application/jsonlines+json" };
    return new Response(this.#serve(bytes, end), { headers });
  }

  #version(): Response {
    const version = '{"major":3,"minor":1,"patch":0}';
    const bytes: Bytes = new TextEncoder().encode(version);
    const mutated = this.#random.chance(0.1)
      ? mutate(bytes, this.#random, bytes)
      : bytes;
    return new Response(this.#serve(mutated, "close"));
  }

  #fail(): Response {
    const failures = this.#corpus.answers.filter(({ status }) => status >= 400);
    const { bytes, status } = this.#random.pick(failures);
    const headers = { "retry-after": this.#random.pick(["0", "x", "9e9"]) };
    return new Response(this.#serve(bytes, "close"), {
      status: this.#random.pick([status, 429, 500, 503]),
      headers,
    });
  }

  #serve(bytes: Bytes, end: "close" | "error"): ReadableStream<Bytes> {
    const served = serve(bytes, this.#random, end);
    this.#served.push(served);
    return served.body;
  }

  #checkAcks(acks: string[]): void {
    const checkpoints = acks.map((ack) => ack.split("|")[0]!);
    if (acks.length === 0) this.#problem = "an empty list of acks was sent";
    if (checkpoints.includes("")) this.#problem = "an empty ack was sent";
    if (new Set(checkpoints).size < acks.length) {
      this.#problem = "two acks for one checkpoint were sent";
    }
    if (checkpoints.includes("SyncResetV1") && acks.length > 1) {
      this.#problem = "a reset was acknowledged with other acks";
    }
    for (const ack of acks) {
      if (this.stored.has(ack) || this.#controls.has(ack)) continue;
      this.#problem = "an event that is not stored was acknowledged";
    }
  }
}

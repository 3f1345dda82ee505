/** Sees everything that goes between a client and a server, and judges the acks. */
import { assert, assertEquals } from "@std/assert";
import type { Fetch, SyncEvent } from "../../mod.ts";
import { parseJson } from "../../src/http/json.ts";
import { checkpointOf } from "../../src/sync/checkpoint.ts";
import { toSyncEvent } from "../../src/stream/event.ts";

/** One stream as it was delivered. */
interface Delivered {
  events: SyncEvent[];
  /** How many of its rows were given out: always the first ones. */
  given: number;
  /** How many of them are stored, as the client says. */
  stored: number;
}

/** Stands between a client and a server for one run. */
export class AckChecker {
  readonly fetch: Fetch;
  /** Requests so far. */
  requests = 0;
  /** Whether everything is void, and the copy does not know it yet. */
  #void = false;
  #violation: unknown;
  readonly #streams: Delivered[] = [];

  /** Watches a fetch; both functions are called before a request, with its number. */
  constructor(
    fetch: Fetch,
    { onRequest, onStream }: {
      onRequest: (number: number) => void;
      onStream: (index: number) => void;
    },
  ) {
    let streams = 0;
    this.fetch = async (url, init) => {
      onRequest(++this.requests);
      if (url.endsWith("/sync/stream")) onStream(streams++);
      const { acks, reset } = JSON.parse(String(init.body ?? "{}"));
      if (Array.isArray(acks)) this.#check(() => this.#judge(acks));
      if (reset === true) this.#check(() => this.#judgeStart());
      const response = await fetch(url, init);
      return url.endsWith("/sync/stream") ? this.#watch(response) : response;
    };
  }

  /** Fails if anything was wrong: a client takes what its `fetch` throws for a lost connection. */
  verdict(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  /** A batch is given out: the next rows of the stream, whole. */
  gives(events: readonly SyncEvent[]): void {
    const stream = this.#streams.at(-1)!;
    const { given } = stream;
    stream.given += events.length;
    const next = stream.events.filter(isRow).slice(given, stream.given);
    this.#check(() =>
      assertEquals([...events], next, "a row was passed over, or came twice")
    );
  }

  /** Everything that was given out is stored. */
  stored(): void {
    for (const stream of this.#streams) stream.stored = stream.given;
  }

  /** Whether everything that was given out of this stream is stored. */
  get isStored(): boolean {
    const { given, stored } = this.#streams.at(-1)!;
    return given === stored;
  }

  /** The copy knows that everything was void. */
  voided(): void {
    this.#void = false;
  }

  #check(judge: () => void): void {
    try {
      judge();
    } catch (violation) {
      this.#violation ??= violation;
    }
  }

  /** A server that is told to start over has to find a copy that did. */
  #judgeStart(): void {
    assert(!this.#void, "all was asked for before the copy was void");
  }

  /** An ack may be sent only if everything before it is stored. */
  #judge(acks: string[]): void {
    assert(acks.length > 0 && acks.length <= 1000, "no acks, or too many");
    const checkpoints = acks.map(checkpointOf);
    assertEquals(new Set(checkpoints).size, acks.length, "a checkpoint twice");
    assert(!checkpoints.includes(""), "an ack without a checkpoint");
    const complete = checkpoints.indexOf("SyncCompleteV1");
    assert(
      complete === -1 || complete === acks.length - 1,
      "complete not last",
    );
    if (checkpoints.includes("SyncResetV1")) {
      assertEquals(acks.length, 1, "a reset with others");
      assert(!this.#void, "a reset was acknowledged before it was carried out");
      return; // The rows before it are void, stored or not.
    }
    for (const ack of acks) {
      const isDue = this.#streams.some((stream) => hasStored(stream, ack));
      assert(isDue, `${ack} was sent before all before it was stored`);
    }
  }

  #watch(response: Response): Response {
    if (response.status !== 200 || response.body === null) return response;
    const delivered: Delivered = { events: [], given: 0, stored: 0 };
    this.#streams.push(delivered);
    const decoder = new TextDecoder();
    let rest = "";
    const tap = new TransformStream<Uint8Array, Uint8Array>(
      {
        transform: (bytes, controller) => {
          const lines = (rest + decoder.decode(bytes, { stream: true }))
            .split("\n");
          rest = lines.pop()!;
          for (const line of lines) {
            const event = toSyncEvent(parseJson(line));
            if (event === undefined) continue;
            delivered.events.push(event);
            if (event.type === "SyncResetV1") this.#void = true;
          }
          controller.enqueue(bytes);
        },
      },
      undefined,
      { highWaterMark: 0 },
    );
    const { status, headers } = response;
    return new Response(response.body.pipeThrough(tap), { status, headers });
  }
}

function hasStored({ events, stored }: Delivered, ack: string): boolean {
  let rows = 0;
  for (const event of events) {
    if (isRow(event)) rows++;
    if (rows > stored) return false;
    if (event.ack === ack) return true;
  }
  return false;
}

function isRow({ type }: SyncEvent): boolean {
  return !/^Sync(Ack|Reset|Complete)V1$/.test(type);
}

/** Watches the traffic between a client and a server, and checks every ack. */
import { assert, assertEquals } from "@std/assert";
import type { Fetch, SyncEvent } from "../../mod.ts";
import { parseJson } from "../../src/http/json.ts";
import { checkpointOf } from "../../src/sync/checkpoint.ts";
import { toSyncEvent } from "../../src/stream/event.ts";

/** How much of a stream was delivered and stored. */
interface Delivered {
  events: SyncEvent[];
  /** Number of rows passed to the client so far. */
  given: number;
  /** Number of rows stored by the client so far. */
  stored: number;
}

/** Wraps the `fetch` of one run. */
export class AckChecker {
  readonly fetch: Fetch;
  /** Number of requests so far. */
  requests = 0;
  /**
   * Whether the server has sent a reset and the copy has not been wiped yet.
   */
  #needsWipe = false;
  #violation: unknown;
  readonly #streams: Delivered[] = [];

  /**
   * Wraps a fetch. Both callbacks run before each request, and receive the
   * request's number.
   */
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
      if (Array.isArray(acks)) this.#check(() => this.#checkAcks(acks));
      if (reset === true) this.#check(() => this.#checkFullStart());
      const response = await fetch(url, init);
      return url.endsWith("/sync/stream") ? this.#watch(response) : response;
    };
  }

  /**
   * Throws the first violation. `fetch` cannot throw it, because the client
   * would mistake the error for a lost connection.
   */
  throwViolation(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  /**
   * Records that the stream's next rows were passed to the client as a batch.
   */
  deliver(events: readonly SyncEvent[]): void {
    const stream = this.#streams.at(-1)!;
    const { given } = stream;
    stream.given += events.length;
    const next = stream.events.filter(isRow).slice(given, stream.given);
    this.#check(() =>
      assertEquals([...events], next, "a row was skipped or delivered twice")
    );
  }

  /** Records that every row passed so far is stored. */
  markStored(): void {
    for (const stream of this.#streams) stream.stored = stream.given;
  }

  /**
   * Whether the client has stored every row that it received from the last
   * stream.
   */
  get isStored(): boolean {
    const { given, stored } = this.#streams.at(-1)!;
    return given === stored;
  }

  /** Records that the copy was wiped. */
  markWiped(): void {
    this.#needsWipe = false;
  }

  #check(assertion: () => void): void {
    try {
      assertion();
    } catch (violation) {
      this.#violation ??= violation;
    }
  }

  /**
   * Checks that a stream from the beginning is requested only after the copy has been
   * wiped.
   */
  #checkFullStart(): void {
    assert(
      !this.#needsWipe,
      "a full stream was requested before the copy was wiped",
    );
  }

  /** Checks that an ack is sent only if everything before it is stored. */
  #checkAcks(acks: string[]): void {
    assert(acks.length > 0 && acks.length <= 1000, "no acks, or too many");
    const checkpoints = acks.map(checkpointOf);
    assertEquals(
      new Set(checkpoints).size,
      acks.length,
      "a checkpoint was sent twice",
    );
    assert(!checkpoints.includes(""), "an ack without a checkpoint");
    const complete = checkpoints.indexOf("SyncCompleteV1");
    assert(
      complete === -1 || complete === acks.length - 1,
      "SyncCompleteV1 was not last",
    );
    if (checkpoints.includes("SyncResetV1")) {
      assertEquals(acks.length, 1, "a reset was acknowledged with other acks");
      assert(!this.#needsWipe, "a reset was acknowledged before the wipe");
      return; // The rows before a reset no longer matter.
    }
    for (const ack of acks) {
      const isStored = this.#streams.some((stream) => hasStored(stream, ack));
      assert(
        isStored,
        `${ack} was sent before everything before it was stored`,
      );
    }
  }

  #watch(response: Response): Response {
    if (response.status !== 200 || response.body === null) return response;
    const delivered: Delivered = { events: [], given: 0, stored: 0 };
    this.#streams.push(delivered);
    const decoder = new TextDecoder();
    let rest = "";
    const watcher = new TransformStream<Uint8Array, Uint8Array>(
      {
        transform: (bytes, controller) => {
          const lines = (rest + decoder.decode(bytes, { stream: true }))
            .split("\n");
          rest = lines.pop()!;
          for (const line of lines) {
            const event = toSyncEvent(parseJson(line));
            if (event === undefined) continue;
            delivered.events.push(event);
            if (event.type === "SyncResetV1") this.#needsWipe = true;
          }
          controller.enqueue(bytes);
        },
      },
      undefined,
      { highWaterMark: 0 },
    );
    const { status, headers } = response;
    return new Response(response.body.pipeThrough(watcher), {
      status,
      headers,
    });
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

/** Checks the public types: these tests pass if the file compiles. */
import { assertEquals } from "@std/assert";
import {
  type AuthenticationError,
  createClient,
  hasUnknownType,
  type HttpError,
  type ImmichError,
  type ImmichErrorCode,
  type IterableStream,
  type KnownSyncEvent,
  type OAuthError,
  type SyncAssetV1,
  type SyncAssetV2,
  type SyncBatch,
  type SyncControlType,
  type SyncEvent,
  type SyncRequestType,
  syncStream,
  type UnknownSyncEvent,
} from "../../mod.ts";
import { answeringLines, drain, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;

function holds<_T extends true>(): void {}

test("a stream's type covers requested, control and unknown events", async () => {
  type Expected =
    | KnownSyncEvent<"AssetDeleteV1" | "AssetV2" | SyncControlType>
    | UnknownSyncEvent;
  const line = '{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|1"}\n';
  const fetch = answeringLines(line);
  const stream = await syncStream(SESSION, ["AssetsV2"], { fetch });
  holds<Equals<typeof stream, IterableStream<SyncEvent<"AssetsV2">>>>();
  holds<Equals<SyncEvent<"AssetsV2">, Expected>>();
  const { items } = await drain(stream);
  assertEquals(items.length, 1);
});

test("a stream may yield any event if its request types are known only at run time", () => {
  const open = (types: SyncRequestType[]) => syncStream(SESSION, types);
  holds<Equals<Awaited<ReturnType<typeof open>>, IterableStream<SyncEvent>>>();
});

test("a fork's request type may be any string, and its stream may yield any event", () => {
  const mixed = () => syncStream(SESSION, ["AssetsV2", "ForkV1"]);
  holds<Equals<Awaited<ReturnType<typeof mixed>>, IterableStream<SyncEvent>>>();
  const names = (types: string[]) => syncStream(SESSION, types);
  holds<Equals<Awaited<ReturnType<typeof names>>, IterableStream<SyncEvent>>>();
});

test("an event is narrowed to one known type by comparing its type property", () => {
  function nameOf(event: SyncEvent): string {
    if (event.type === "AssetV2") {
      holds<Equals<typeof event, KnownSyncEvent<"AssetV2">>>();
      holds<Equals<typeof event.data, SyncAssetV2>>();
      return event.data.originalFileName;
    }
    // @ts-expect-error a type that no request type includes
    if (event.type === "AssetV9") return "";
    return event.ack;
  }
  const event = {
    type: "UserDeleteV1",
    data: { userId: "1" },
    ack: "a",
  } as const;
  assertEquals(nameOf(event), "a");
});

test("a switch over all known event types leaves only the unknown event", () => {
  function describe(event: SyncEvent<"UsersV1">): string {
    switch (event.type) {
      case "UserV1":
        return event.data.email;
      case "UserDeleteV1":
        return event.data.userId;
      case "SyncAckV1":
      case "SyncResetV1":
      case "SyncCompleteV1":
        return event.ack;
      default:
        holds<Equals<typeof event, UnknownSyncEvent>>();
        return event.type;
    }
  }
  const unknown = { type: "ForkV9", data: null, ack: "" } as unknown;
  assertEquals(describe(unknown as SyncEvent<"UsersV1">), "ForkV9");
});

test("hasUnknownType narrows an event to a type outside the protocol", () => {
  function describe(event: SyncEvent): string {
    if (hasUnknownType(event, "ForkV1")) {
      holds<Equals<typeof event.data, unknown>>();
      return "a row of a fork";
    }
    // The event may still be of another unknown type.
    holds<Equals<typeof event, SyncEvent>>();
    if (event.type === "AssetV2") return event.data.originalFileName;
    if (hasUnknownType(event)) {
      holds<Equals<typeof event.data, unknown>>();
      return "unknown";
    }
    holds<Equals<typeof event, Exclude<KnownSyncEvent, { type: "AssetV2" }>>>();
    // @ts-expect-error a known type must be compared directly
    if (hasUnknownType(event, "AssetV2")) return "";
    return event.type;
  }
  const event = (type: string) => ({ type, data: {}, ack: "" }) as SyncEvent;
  const types = ["ForkV1", "ForkV2", "UserV1"];
  assertEquals(types.map((type) => describe(event(type))), [
    "a row of a fork",
    "unknown",
    "UserV1",
  ]);
});

test("hasUnknownType narrows batches as well as events", () => {
  function count(batch: SyncBatch): number {
    if (!hasUnknownType(batch, "ForkV1")) return 0;
    holds<Equals<typeof batch.events, UnknownSyncEvent[]>>();
    return batch.events.length;
  }
  assertEquals(
    count({ type: "ForkV1", events: [] } as unknown as SyncBatch),
    0,
  );
});

test("the 2.x and 3.x types of a row differ as they do on the wire", () => {
  holds<Equals<SyncAssetV1["duration"], string | null>>();
  holds<Equals<SyncAssetV2["duration"], number | null>>();
  holds<Equals<Exclude<keyof SyncAssetV1, keyof SyncAssetV2>, never>>();
});

test("error classes are distinguished by their codes", () => {
  holds<Equals<ImmichError["code"], ImmichErrorCode>>();
  holds<Equals<AuthenticationError extends HttpError ? true : false, true>>();
  holds<
    Equals<
      OAuthError["code"],
      | "oauth_denied"
      | "oauth_state_mismatch"
      | "oauth_context"
      | "oauth_callback"
    >
  >();
});

test("calls with invalid arguments do not compile", () => {
  const wrong = () => [
    // @ts-expect-error a request type is a string
    syncStream(SESSION, [1]),
    // @ts-expect-error a session is an object
    syncStream("token", ["AssetsV2"]),
    // @ts-expect-error `false` disables the timeout, not `null`
    syncStream(SESSION, ["AssetsV2"], { idleTimeoutMs: null }),
    // @ts-expect-error an option that does not exist
    createClient({ timeout: 1 }),
  ];
  assertEquals(typeof wrong, "function");
});

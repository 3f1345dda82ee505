/** Injected faults in in-memory requests. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeImmich, type Fault } from "../../src/testing/mod.ts";
import {
  Device,
  readBody,
  RELEASES,
  toLines,
  typesOf,
} from "../support/device.ts";
import { later, turn, until } from "../support/events.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { test } from "../support/test.ts";

const TYPES = ["AssetsV2"];

/** Creates a device for a server with assets and injected faults. */
function faultyDevice(
  ...faults: Fault[]
): { server: FakeImmich; device: Device } {
  const server = new FakeImmich();
  for (const _ of "abcdef") server.library.addAsset();
  const [first, ...more] = faults;
  if (first !== undefined) server.inject(first, ...more);
  return { server, device: new Device(server) };
}

/** Returns the text of a stream without faults. */
async function completeText(device: Device): Promise<string> {
  return await (await device.open(TYPES)).text();
}

test("the truncate fault ends a body at the given byte, with or without an error", async () => {
  for (
    const [clean, expected] of [[false, "broken"], [true, "ended"]] as const
  ) {
    for (const atByte of [0, 1, 100, 700, 1500]) {
      const { server, device } = faultyDevice({
        type: "truncate",
        atByte,
        clean,
      });
      const answer = await device.open(TYPES);
      const { text, end } = await readBody(answer, LONG_MS);
      assertEquals([text.length, end], [atByte, expected]);
      const complete = await completeText(device);
      assertEquals(text, complete.slice(0, atByte));
      assertEquals(server.openStreams, 0);
    }
  }
});

test("the stall fault stops a body at the given byte until its reader cancels it", async () => {
  for (const atByte of [0, 1, 700]) {
    const { server, device } = faultyDevice({ type: "stall", atByte });
    const answer = await device.open(TYPES);
    assertEquals(server.openStreams, 1);
    const { text, end } = await readBody(answer);
    assertEquals([text.length, end], [atByte, "silent"]);
    assertEquals(server.openStreams, 0);
  }
});

test("a body that ends before its fault's position loses its last line", async () => {
  const ends = { truncate: "broken", stall: "silent" } as const;
  for (const type of ["truncate", "stall"] as const) {
    const { device } = faultyDevice({ type, atByte: 1e6 });
    const answer = await device.open(TYPES);
    const silence = type === "truncate" ? [LONG_MS] : [];
    const { text, end } = await readBody(answer, ...silence);
    const lines = toLines(text);
    assertEquals([lines.length, end], [6, ends[type]]);
    assertEquals(text.endsWith("\n"), true);
  }
});

test("the split fault sends a body one byte at a time", async () => {
  const { device } = faultyDevice({ type: "split" });
  const answer = await device.open(TYPES);
  let text = "";
  for await (const bytes of answer.body!) {
    assertEquals(bytes.length, 1);
    text += new TextDecoder().decode(bytes);
  }
  assertEquals(toLines(text).length, 7);
});

test("the status fault answers in the server's format instead of processing a request", async () => {
  for (const release of ["2.7.5", "3.1.0"]) {
    for (const status of [401, 403, 408, 429, 500, 502, 503, 504, 524]) {
      const server = new FakeImmich({ version: RELEASES[release]! });
      const device = new Device(server);
      server.inject({
        type: "status",
        status,
        on: "ack",
        message: "No",
        retryAfterSeconds: 7,
      });
      const answer = await device.ask("POST", "/sync/ack", {
        acks: ["UserV1|1"],
      });
      assertEquals(answer.status, status);
      assertEquals(answer.headers.get("retry-after"), "7");
      const body = await answer.json();
      assertEquals(body.message, "No");
      assertEquals(body.statusCode, release === "2.7.5" ? status : undefined);
      assertEquals(await device.checkpoints(), {});
    }
  }
});

test("the status fault sends no Retry-After unless it has a delay", async () => {
  const { device } = faultyDevice({ type: "status", status: 503 });
  const answer = await device.open(TYPES);
  assertEquals(answer.headers.has("retry-after"), false);
  await answer.body?.cancel();
});

test("the html fault sends an HTML page with the given status", async () => {
  for (const status of [200, 404, 502]) {
    const { device } = faultyDevice({ type: "html", status });
    const answer = await device.open(TYPES);
    assertEquals(answer.status, status);
    assert(answer.headers.get("content-type")?.startsWith("text/html"));
    assert((await answer.text()).startsWith("<!doctype html>"));
  }
});

test("the redirect fault leads to another server", async () => {
  const { device } = faultyDevice({ type: "redirect" });
  const answer = await device.open(TYPES, { redirect: "manual" });
  assertEquals([answer.status, answer.headers.get("location")], [
    307,
    "https://elsewhere.test/",
  ]);
  const location = "https://other.test/api";
  const { device: other } = faultyDevice({
    type: "redirect",
    status: 301,
    location,
  });
  const moved = await other.open(TYPES, { redirect: "manual" });
  assertEquals([moved.status, moved.headers.get("location")], [301, location]);
});

test("the refuse fault does not process a request, but the drop fault does", async () => {
  for (const [type, known] of [["refuse", 0], ["drop", 1]] as const) {
    const { server, device } = faultyDevice({ type, on: "ack" });
    await assertRejects(() => device.ack("UserV1"), TypeError, "fetch failed");
    assertEquals(Object.keys(await device.checkpoints()).length, known, type);
    server.inject({ type });
    await assertRejects(() => device.open(TYPES), TypeError);
    assertEquals(server.openStreams, 0);
  }
});

test("the hang fault leaves a request unprocessed and pending until it is aborted", async () => {
  const { device } = faultyDevice({ type: "hang", on: "ack" });
  const controller = new AbortController();
  const { signal } = controller;
  const pending = device.ask("POST", "/sync/ack", { acks: ["UserV1"] }, {
    signal,
  });
  await turn();
  controller.abort("enough");
  assertEquals(await pending.catch((error) => error), "enough");
  assertEquals(await device.checkpoints(), {});
});

test("an abort right after a request is sent takes effect despite any fault", async () => {
  const faults: Fault[][] = [[], [{ type: "hang" }], [{
    type: "stall",
    atByte: 0,
  }]];
  for (const some of faults) {
    const { server, device } = faultyDevice(...some);
    const controller = new AbortController();
    const { signal } = controller;
    const pending = device.open(TYPES, { signal });
    controller.abort("enough");
    assertEquals(await pending.catch((error) => error), "enough");
    assertEquals(server.openStreams, 0);
  }
});

test("an abort leaves no body open, even if the body stalls or arrives byte by byte", async () => {
  for (
    const fault of [{ type: "stall", atByte: 700 }, { type: "split" }] as const
  ) {
    const { server, device } = faultyDevice(fault);
    const controller = new AbortController();
    const { signal } = controller;
    const answer = await device.open(TYPES, { signal });
    const reader = answer.body!.getReader();
    await reader.read();
    const pending = reader.read().then(() => reader.read()).catch((error) =>
      error
    );
    controller.abort("enough");
    assertEquals(await pending, "enough");
    assertEquals(server.openStreams, 0);
  }
});

test("the truncate and stall faults lose an empty response but process the request", async () => {
  const { server, device } = faultyDevice({
    type: "truncate",
    atByte: 0,
    on: "ack",
  });
  await assertRejects(() => device.ack("UserV1"), TypeError);
  assertEquals(await device.checkpoints(), { UserV1: "UserV1" });
  server.inject({ type: "stall", atByte: 0, on: "ack" });
  const controller = new AbortController();
  const { signal } = controller;
  const body = { acks: ["AssetV2"] };
  const pending = device.ask("POST", "/sync/ack", body, { signal })
    .catch((error) => error);
  const isCarriedOut = async () =>
    Object.keys(await device.checkpoints()).length === 2;
  await until(isCarriedOut, "the request is carried out");
  controller.abort("enough");
  assertEquals(await pending, "enough");
});

test("the reset fault replaces a stream with an unrequested reset", async () => {
  const { device } = faultyDevice({ type: "reset", times: 2 });
  for (const options of [{}, { reset: true }]) {
    assertEquals(await device.stream(TYPES, options), [
      { type: "SyncResetV1", data: {}, ack: "SyncResetV1|reset" },
    ]);
  }
  assertEquals((await device.stream(TYPES)).length, 7);
});

test("the duplicate fault repeats every row, but no control event", async () => {
  const { device } = faultyDevice({ type: "duplicate" });
  const lines = await device.stream(TYPES);
  assertEquals(lines.length, 13);
  const rows = lines.slice(0, -1);
  for (let index = 0; index < rows.length; index += 2) {
    assertEquals(rows[index], rows[index + 1]);
  }
  assertEquals(lines.at(-1)!.type, "SyncCompleteV1");
});

test("the unknown fault sends unknown types between lines and accepts their acks", async () => {
  const { server, device } = faultyDevice({ type: "unknown" });
  assertEquals(await device.ack("ForkV1|1"), 400);
  const lines = await device.stream(TYPES);
  assertEquals(typesOf(lines).slice(0, 3), ["ForkV1", "AssetV2", "ForkV1"]);
  assertEquals(lines.length, 14);
  await device.acknowledge(lines);
  assertEquals((await device.checkpoints())["ForkV1"], "ForkV1|7");
  server.inject({ type: "unknown", entityType: "LockedAlbumV1" });
  assertEquals(typesOf(await device.stream(TYPES)), [
    "LockedAlbumV1",
    "SyncCompleteV1",
  ]);
});

test("the poison fault inserts a bad line at the given position", async () => {
  for (const as of ["json", "envelope", "utf8", "long"] as const) {
    for (const [atLine, place] of [[1, 0], [4, 3], [7, 6], [99, 6]] as const) {
      const { device } = faultyDevice({
        type: "poison",
        atLine,
        as,
        lengthBytes: 5000,
      });
      const text = await completeText(device);
      const lines = text.trimEnd().split("\n");
      assertEquals(lines.length, 8);
      const [poison] = lines.splice(place, 1);
      assertEquals(typesOf(toLines(lines.join("\n"))).at(-1), "SyncCompleteV1");
      if (as === "long") assert(poison!.length > 5000);
      if (as === "utf8") assert(poison!.includes("\ufffd"));
      if (as === "envelope") assert(!("ack" in JSON.parse(poison!)));
    }
  }
});

test("the poison fault's long line exceeds the default limit of clients", async () => {
  const { device } = faultyDevice({ type: "poison", atLine: 1, as: "long" });
  const [line] = (await completeText(device)).split("\n");
  assert(line!.length > 16 * 1024 * 1024);
});

test("the acks fault sends acks that are empty or end with a pipe", async () => {
  const { server, device } = faultyDevice({ type: "acks", as: "empty" });
  const empty = await device.stream(TYPES);
  assertEquals([...new Set(empty.map(({ ack }) => ack))], [""]);
  server.inject({ type: "acks", as: "piped" });
  const piped = await device.stream(TYPES);
  assert(piped.every(({ ack }) => /^\w+\|[0-9a-f-]{36}\|$/.test(ack)));
  await device.acknowledge(piped);
  assertEquals(typesOf(await device.stream(TYPES)), ["SyncCompleteV1"]);
});

test("the late fault processes a request even if its client has given up", async () => {
  const server = new FakeImmich();
  const device = new Device(server);
  const [line] = await device.stream(["UsersV1"]);
  const { promise, resolve } = later();
  server.inject({ type: "late", on: "ack", until: promise });
  const abort = new AbortController();
  const { signal } = abort;
  const body = { acks: [line!.ack] };
  const ack = device.ask("POST", "/sync/ack", body, { signal });
  abort.abort();
  await assertRejects(() => ack);
  assertEquals(await device.checkpoints(), {});
  resolve();
  await until(async () => "UserV1" in await device.checkpoints(), "it arrives");
});

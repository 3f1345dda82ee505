/** Which requests a fault applies to. */
import { assertEquals } from "@std/assert";
import {
  FakeImmich,
  type Fault,
  type FaultTarget,
} from "../../src/testing/mod.ts";
import { Device, toLines } from "../support/device.ts";
import { test } from "../support/test.ts";

function failure(status: number, on?: FaultTarget, times?: number): Fault {
  return {
    type: "status",
    status,
    ...(on === undefined ? {} : { on }),
    ...(times === undefined ? {} : { times }),
  };
}

/**
 * Creates a server, a device, and a function that returns the statuses of
 * consecutive requests.
 */
function asking(): {
  server: FakeImmich;
  device: Device;
  ask: (...calls: string[]) => Promise<number[]>;
} {
  const server = new FakeImmich();
  const device = new Device(server);
  const bodies: Record<string, unknown> = {
    "POST /sync/stream": { types: ["UsersV1"] },
    "POST /sync/ack": {
      acks: ["AssetV2|01a2079e-e970-76b9-9e37-b147a2f53732"],
    },
    "DELETE /sync/ack": {},
  };
  async function ask(...calls: string[]): Promise<number[]> {
    const statuses: number[] = [];
    for (const call of calls) {
      const [method, path] = call.split(" ") as [string, string];
      const answer = await device.ask(method, path, bodies[call]);
      await answer.body?.cancel();
      statuses.push(answer.status);
    }
    return statuses;
  }
  return { server, device, ask };
}

const [STREAM, ACK, READ, DELETE, USER] = [
  "POST /sync/stream",
  "POST /sync/ack",
  "GET /sync/ack",
  "DELETE /sync/ack",
  "GET /users/me",
] as const;

test("a fault applies only to the next stream by default", async () => {
  const { server, ask } = asking();
  server.inject({ type: "status", status: 500 });
  const calls = [ACK, READ, USER, STREAM, STREAM];
  assertEquals(await ask(...calls), [204, 200, 200, 500, 200]);
});

test("a fault on acks applies when acks are sent, not when they are read or deleted", async () => {
  const { server, ask } = asking();
  server.inject(failure(429, "ack"));
  const calls = [STREAM, READ, DELETE, ACK, ACK];
  assertEquals(await ask(...calls), [200, 200, 204, 429, 204]);
});

test("a fault can apply to any request or to requests chosen by a function", async () => {
  const { server, ask } = asking();
  server.inject(failure(502, "any"));
  assertEquals(await ask(USER, USER), [502, 200]);
  server.inject(
    failure(
      503,
      ({ method, path, headers, body }) =>
        method === "DELETE" && path === "/api/sync/ack" && body === "{}" &&
        headers["authorization"]!.startsWith("Bearer "),
    ),
  );
  assertEquals(await ask(READ, DELETE, DELETE), [200, 503, 204]);
});

test("a fault applies the given number of times and can be cleared", async () => {
  const { server, ask } = asking();
  server.inject(failure(500, "stream", 2));
  assertEquals(server.pendingFaults, 2);
  assertEquals(await ask(STREAM, STREAM, STREAM), [500, 500, 200]);
  assertEquals(server.pendingFaults, 0);
  server.inject(failure(500, "stream", Infinity));
  assertEquals(await ask(STREAM, STREAM, STREAM), [500, 500, 500]);
  server.clearFaults();
  assertEquals(await ask(STREAM), [200]);
});

test("the oldest matching fault applies first, and only one fault per request", async () => {
  const { server, ask } = asking();
  server.inject(failure(500));
  server.inject(failure(501, "ack"));
  server.inject(failure(502, "any", 2));
  server.inject(failure(503));
  const calls = [ACK, USER, STREAM, STREAM, STREAM, STREAM];
  assertEquals(await ask(...calls), [501, 502, 500, 502, 503, 200]);
});

test("a fault with times: 0 never applies", async () => {
  const { server, ask } = asking();
  server.inject(failure(500, "stream", 0));
  assertEquals(server.pendingFaults, 0);
  assertEquals(await ask(STREAM), [200]);
});

test("faults injected together apply to the request matched by the first of them", async () => {
  const { server, device, ask } = asking();
  server.inject(
    { type: "acks", as: "piped", on: "stream" },
    { type: "duplicate", on: "ack", times: 5 },
    { type: "unknown" },
    { type: "truncate", atByte: 1e6, clean: true },
  );
  assertEquals(await ask(ACK), [204]);
  await ask(DELETE);
  const lines = toLines(await (await device.open(["UsersV1"])).text());
  assertEquals(lines.map(({ type, ack }) => [type, ack.endsWith("|")]), [
    ["ForkV1", true],
    ["UserV1", true],
    ["UserV1", true],
    ["ForkV1", true],
  ]);
  assertEquals(server.pendingFaults, 0);
});

test("a fault that replaces the response applies before a fault that damages it", async () => {
  const { server, ask } = asking();
  server.inject({ type: "truncate", atByte: 10 }, failure(503));
  assertEquals(await ask(STREAM, STREAM), [503, 200]);
});

test("a request with a fault is recorded like any other request", async () => {
  const { server, ask } = asking();
  server.inject(failure(500));
  await ask(STREAM);
  assertEquals(server.requests.map(({ path }) => path), ["/api/sync/stream"]);
});

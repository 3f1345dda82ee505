/** The suite for real servers, run against the fake server over a socket. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../support/test.ts";
import { assertPasses, run, serveFake } from "./fake_run.ts";

test("the live suite passes against a fake 3.1.0 server, and leaves no users", async () => {
  await assertPasses("3.1.0");
});

test("the live suite fails if a mirror differs from the server's timeline", async () => {
  await using server = serveFake("3.1.0", (handler) => async (request) => {
    if (!request.url.includes("/timeline/buckets?visibility")) {
      return await handler(request);
    }
    return Response.json([]);
  });
  const only = "random changes";
  const { code, lines } = await run({ ...server.options, only });
  assertEquals(code, 1);
  const report = lines.join("\n");
  assertStringIncludes(report, `FAILED`);
  assertStringIncludes(report, "'timeline 0: ");
  assertStringIncludes(report, "undefined on the server");
  assertStringIncludes(report, "The server is as it was before.");
  assertEquals(server.fake.snapshot().users.size, 1);
});

test("the live suite deletes its users after an interruption", async () => {
  await using server = serveFake("3.1.0");
  const interruption = new AbortController();
  const { code, lines } = await run(server.options, (line) => {
    if (line.includes("an uploaded picture")) interruption.abort();
  }, interruption.signal);
  assertEquals(code, 130);
  assertStringIncludes(lines.join("\n"), "The server is as it was before.");
  assertStringIncludes(lines.at(-1)!, "4 passed, 0 failed");
  assertEquals(server.fake.snapshot().users.size, 1);
});

test("the live suite deletes a user again if the server's first attempt fails", async () => {
  let deletes = 0;
  await using server = serveFake("3.1.0", (handler) => async (request) => {
    const isDelete = request.method === "DELETE" &&
      request.url.includes("/admin/");
    if (isDelete && ++deletes === 1) return new Response(null, { status: 204 });
    return await handler(request);
  });
  const { code } = await run({ ...server.options, only: "read back" });
  assertEquals([code, deletes], [0, 2]);
  assertEquals(server.fake.snapshot().users.size, 1);
});

test("the live suite reports what it could not clean up", async () => {
  await using server = serveFake("3.1.0", (handler) => async (request) => {
    if (request.method !== "DELETE" || !request.url.includes("/admin/")) {
      return await handler(request);
    }
    return Response.json({ message: "No" }, { status: 403 });
  });
  const only = "discovered";
  const first = await run({ ...server.options, only });
  assertEquals(first.code, 0);
  const { code, lines } = await run({ ...server.options, only: "read back" });
  assertEquals(code, 1);
  assertStringIncludes(lines.join("\n"), "The server is not as it was before:");
});

test("the live suite says why it cannot sign in", async () => {
  await using server = serveFake("3.1.0");
  const wrong = { ...server.options, adminPassword: "wrong" };
  const away = { ...server.options, server: "http://127.0.0.1:1" };
  for (
    const [options, sentence] of [
      [wrong, 'Cannot sign in: the server answered 401 "Incorrect email'],
      [away, 'Cannot reach "http://127.0.0.1:1"'],
    ] as const
  ) {
    const { code, lines } = await run(options);
    assertEquals([code, lines.length], [2, 1]);
    assertStringIncludes(lines[0]!, sentence);
  }
});

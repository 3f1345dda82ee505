/** The functions that receive trace events. */
import { assertEquals, assertRejects } from "@std/assert";
import {
  type CallOptions,
  createClient,
  serverVersion,
  type TraceEvent,
} from "../../mod.ts";
import { answeringJson, refusing, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

const VERSION = { major: 3, minor: 1, patch: 0 };
const version = (options: CallOptions) => serverVersion(SESSION, options);

test("a client's onTrace is called, unless a call has its own onTrace", async () => {
  const shared: TraceEvent[] = [];
  const client = createClient({
    fetch: answeringJson(VERSION),
    onTrace: (event) => shared.push(event),
  });
  await version({ client });
  assertEquals(shared.splice(0).length, 3);
  const own: TraceEvent[] = [];
  await version({ client, onTrace: (event) => own.push(event) });
  assertEquals(own.length, 3);
  assertEquals(shared, []);
});

test("a client's onTrace is called as a method of the client", async () => {
  class Counter {
    count = 0;
    request(): Promise<Response> {
      return Promise.resolve(Response.json(VERSION));
    }
    onTrace(): void {
      this.count++;
    }
  }
  const client = new Counter();
  await version({ client });
  assertEquals(client.count, 3);
});

test("errors of onTrace are ignored, even if it returns a rejected promise", async () => {
  const fetch = answeringJson(VERSION);
  const throwing = () => {
    throw new Error("a bug in onTrace");
  };
  const rejecting = () => Promise.reject(new Error("a bug in onTrace"));
  for (const onTrace of [throwing, rejecting]) {
    assertEquals(await version({ fetch, onTrace }), VERSION);
  }
});

test("an onTrace option that is not a function is rejected before any request", async () => {
  // deno-lint-ignore no-explicit-any
  const options: any = { fetch: refusing, onTrace: "console" };
  await assertRejects(() => version(options), TypeError, "onTrace must be");
  await assertRejects(
    async () => await createClient(options),
    TypeError,
    "onTrace must be a function, received string",
  );
});

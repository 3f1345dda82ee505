/** The OpenTelemetry recipe, with the OpenTelemetry SDK in Node. */
import { assert, assertEquals } from "@std/assert";
import { installed, NODE_VERSIONS } from "../../runtimes/npx.ts";
import { test } from "../../support/test.ts";
import { recipeProject } from "./recipe_project.ts";

const PACKAGES = [
  "@opentelemetry/api@1.9.1",
  "@opentelemetry/sdk-trace-node@2.12.1",
  "@types/node@24.10.1",
  "typescript@5.9.3",
];

/** A span, as `main.ts` prints it. */
interface PrintedSpan {
  name: string;
  kind: number;
  id: string;
  parent?: string;
  attributes: Record<string, unknown>;
  /** 0 for unset, 2 for an error. */
  status: number;
  ms: number;
}

/** Syncs twice, once after an interruption, and prints the spans. */
const MAIN = `
import { createMirror, sqlite } from "@immich-edge/sync/mirror";
import { FakeImmich } from "@immich-edge/sync/testing";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { DatabaseSync } from "node:sqlite";
import { sync } from "./sync.ts";

const exporter = new InMemorySpanExporter();
const spanProcessors = [new SimpleSpanProcessor(exporter)];
new NodeTracerProvider({ spanProcessors }).register();

const server = new FakeImmich();
server.library.addAsset();
server.inject({ type: "truncate", atByte: 10 });
globalThis.fetch = (url, init = {}) => server.fetch(String(url), init);
const database = sqlite(new DatabaseSync(":memory:"));
const mirror = await createMirror(database, { userId: server.user.id });
await sync(mirror, server.createSession());

const spans = exporter.getFinishedSpans().map((span) => ({
  name: span.name,
  kind: span.kind,
  id: span.spanContext().spanId,
  parent: span.parentSpanContext?.spanId,
  attributes: span.attributes,
  status: span.status.code,
  ms: span.duration[0] * 1000 + span.duration[1] / 1e6,
}));
const requests = server.requests.map(({ method, path }) => method + " " + path);
console.log(JSON.stringify({ requests, spans }));
`;

test("the OpenTelemetry recipe creates a span for each request and event", async () => {
  await using project = await recipeProject("opentelemetry", ...PACKAGES);
  await project.write("main.ts", MAIN);
  const strict = "--noEmit --strict --target es2022 --module nodenext " +
    "--allowImportingTsExtensions --erasableSyntaxOnly --skipLibCheck";
  await project.run("npx", "tsc", ...strict.split(" "), "main.ts");

  const node = await installed("node", NODE_VERSIONS.at(-1)!);
  const output = await project.run(node, "--no-warnings", "main.ts");
  const { requests, spans }: { requests: string[]; spans: PrintedSpan[] } = JSON
    .parse(output);
  const parent = spans.find(({ name }) => name === "sync")!;
  const others = spans.filter((span) => span !== parent);
  assert(others.every((span) => span.parent === parent.id));
  assert(others.every(({ ms }) => ms >= 0));

  const sent = others.filter(({ kind }) => kind === 2);
  assertEquals(sent.map(({ name }) => name).sort(), requests.sort());
  const [interrupted, stream] = sent.filter(({ name }) => /stream/.test(name));
  assertEquals(interrupted!.status, 2);
  assertEquals(interrupted!.attributes, {
    "http.request.method": "POST",
    "server.address": "immich.test",
    "url.full": "https://immich.test/api/sync/stream",
    "http.response.status_code": 200,
    "error.type": "connection",
  });
  assertEquals(stream!.status, 0);
  assertEquals(stream!.attributes["http.response.status_code"], 200);

  const names = others.filter(({ kind }) => kind === 0).map(({ name }) => name);
  for (const name of ["interruption", "wait", "retry", "batch", "ack"]) {
    assert(names.includes(name), name);
  }
  const batch = others.find(({ name }) => name === "batch")!;
  assertEquals(batch.attributes.events, 1);
});

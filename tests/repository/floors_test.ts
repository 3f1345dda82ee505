/** The architecture: who may import whom. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../support/test.ts";
import { sourceFiles } from "../support/sources.ts";

/** The floors of `src`, from the ground up; a file imports only what stands before it. */
const FLOORS = [
  // 1 Facts: the wire, the errors, addresses.
  "protocol/albums.ts",
  "protocol/assets.ts",
  "protocol/people.ts",
  "protocol/users.ts",
  "protocol/api.ts",
  "protocol/requests.ts",
  "protocol/events.ts",
  "protocol.ts",
  "errors/base.ts",
  "errors/connection.ts",
  "errors/http.ts",
  "errors/oauth.ts",
  "errors/protocol.ts",
  "errors/sync.ts",
  "errors.ts",
  "base_url.ts",
  "session.ts",
  // 2 Parts: each does one thing, and none makes a request.
  "json.ts",
  "quote.ts",
  "pkce.ts",
  "retry.ts",
  "watchdog.ts",
  "response.ts",
  "line_index.ts",
  "line_guard.ts",
  "ndjson.ts",
  "oauth_callback.ts",
  "sync/checkpoint.ts",
  "sync/event.ts",
  // 3 Requests: the only caller of fetch, and what a call is.
  "client.ts",
  "call.ts",
  // 4 Accounts and servers.
  "login.ts",
  "oauth.ts",
  "users.ts",
  "server.ts",
  // 5 Sync.
  "sync/types.ts",
  "sync/acks.ts",
  "sync/stream.ts",
  // 6 The loop.
  "sync/state.ts",
  "sync/batch.ts",
  "sync/ack_buffer.ts",
  "sync/read_ahead.ts",
  "sync/options.ts",
  "sync/steps.ts",
  "sync/settling.ts",
  "sync/ledger.ts",
  "sync/retrier.ts",
  "sync/engine.ts",
  "sync/run.ts",
  "mirror/rows.ts",
  "mirror/tables.ts",
  "mirror/database.ts",
  "mirror/adapters.ts",
  "mirror/error.ts",
  "mirror/migrations.ts",
  "mirror/state.ts",
  "mirror/lease.ts",
  "mirror/entities.ts",
  "mirror/removals.ts",
  "mirror/sweep.ts",
  "mirror/begin_end.ts",
  "mirror/writes.ts",
  "mirror/report.ts",
  "mirror/options.ts",
  "mirror/mirror.ts",
  "mirror/mod.ts",
  // The fake server stands beside the house, on its ground.
  "testing/generation.ts",
  "testing/position.ts",
  "testing/answers.ts",
  "testing/sessions.ts",
  "testing/tables.ts",
  "testing/store.ts",
  "testing/library/actor.ts",
  "testing/library/albums.ts",
  "testing/library/memories.ts",
  "testing/library/partners.ts",
  "testing/library/people.ts",
  "testing/library/stacks.ts",
  "testing/library/notes.ts",
  "testing/library/assets.ts",
  "testing/library/users.ts",
  "testing/library.ts",
  "testing/recording.ts",
  "testing/shapes.ts",
  "testing/view.ts",
  "testing/queries.ts",
  "testing/deletes.ts",
  "testing/moves.ts",
  "testing/feed.ts",
  "testing/snapshot.ts",
  "testing/faults.ts",
  "testing/body.ts",
  "testing/damage.ts",
  "testing/lines.ts",
  "testing/strike.ts",
  "testing/provider.ts",
  "testing/exchange.ts",
  "testing/account_routes.ts",
  "testing/ack_routes.ts",
  "testing/stream_route.ts",
  "testing/routes.ts",
  "testing/fake_immich_options.ts",
  "testing/fake_immich.ts",
  "testing/mod.ts",
];

const files = await sourceFiles("src");

function importsOf(text: string): string[] {
  const statements = text.matchAll(
    /^(?:import|export)\b[^;]*?from "([^"]+)";/gm,
  );
  return Array.from(statements, ([, specifier]) => specifier!);
}

test("every file of src has its place on a floor", () => {
  assertEquals(files.map(({ path }) => path).sort(), [...FLOORS].sort());
});

test("a file imports @std/streams or its own package, only downwards", () => {
  for (const { path, text } of files) {
    for (const specifier of importsOf(text)) {
      if (specifier === "@std/streams/text-line-stream") continue;
      assert(/^\.\.?\//.test(specifier), `${path} imports ${specifier}`);
      const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
      assert(
        FLOORS.indexOf(target) !== -1 &&
          FLOORS.indexOf(target) < FLOORS.indexOf(path),
        `${path} imports ${target}, which does not stand below it`,
      );
    }
  }
});

test("nothing but the fake server knows the fake server", () => {
  for (const { path, text } of files) {
    const uses = importsOf(text).some((specifier) =>
      specifier.includes("testing/")
    );
    assert(!uses || path.startsWith("testing/"), path);
  }
});

test("only the client calls fetch", () => {
  const callers = files.filter(({ text }) =>
    /\bawait fetch\(|globalThis\.fetch/.test(stripComments(text))
  );
  assertEquals(callers.map(({ path }) => path), ["client.ts"]);
});

test("no file is longer than 300 lines", () => {
  for (const { path, text } of files) {
    const lines = text.split("\n").length - 1;
    assert(lines <= 300, `${path} has ${lines} lines`);
  }
});

test("src names no runtime, writes to no console and reads no clock but by default", () => {
  for (const { path, text } of files) {
    const code = stripComments(text);
    for (
      const word of [
        /\bDeno\b/,
        /\bBun\b/,
        /\bprocess\.(?:env|on|nextTick|stdout)\b|globalThis\.process/,
        /\bBuffer\b/,
        /\bconsole\b/,
        /node:/,
      ]
    ) {
      assert(!word.test(code), `${path} holds ${word}`);
    }
    for (const [match] of code.matchAll(/.*(?:Date\.now|Math\.random).*/g)) {
      assert(
        /[=:] (?:Date\.now(?:\(\))?|Math\.random)[,;} ]?/.test(match),
        `${path}: ${match}`,
      );
    }
  }
});

test("src leaves no type unchecked", () => {
  for (const { path, text } of files) {
    assert(!/: any\b|as any|<any>|@ts-|as unknown as/.test(text), path);
  }
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
}

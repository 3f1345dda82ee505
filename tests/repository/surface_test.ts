/** The package exports what it should, and all of it is documented. */
import { assert, assertEquals } from "@std/assert";
import * as main from "../../mod.ts";
import * as mirror from "../../src/mirror/mod.ts";
import * as seal from "../../src/seal/mod.ts";
import * as testing from "../../src/testing/mod.ts";
import { runDeno } from "../../tools/run.ts";
import { test } from "../support/test.ts";
import { ROOT, sourceFiles } from "../support/sources.ts";

const VALUES = [
  "AuthenticationError",
  "AuthorizationError",
  "ConnectionError",
  "HttpError",
  "ImmichError",
  "OAuthError",
  "ProtocolError",
  "StoreError",
  "SyncError",
  "TimeoutError",
  "TruncatedStreamError",
  "authorize",
  "callback",
  "codeChallenge",
  "createChildSession",
  "createClient",
  "createCodeVerifier",
  "createState",
  "currentUser",
  "deleteSyncAcks",
  "discover",
  "getSyncAcks",
  "hasUnknownType",
  "isImmichError",
  "keepSession",
  "login",
  "logout",
  "ndjson",
  "request",
  "serverVersion",
  "supportedSyncTypes",
  "sync",
  "syncAck",
  "syncBatches",
  "syncStream",
  "toSyncEvent",
  "watchSync",
];

test("the package exports exactly the names in its public API", () => {
  assertEquals(Object.keys(main).sort(), VALUES);
  assertEquals(Object.keys(mirror).sort(), [
    "MirrorError",
    "createMirror",
    "d1",
    "durableObject",
    "libsql",
    "sqlite",
  ]);
  assertEquals(Object.keys(seal).sort(), [
    "openContext",
    "openSession",
    "sealContext",
    "sealSession",
  ]);
  assertEquals(Object.keys(testing).sort(), [
    "FakeImmich",
    "FakeLibrary",
    "createRequestListener",
  ]);
});

interface Documentation {
  nodes: Record<string, {
    module_doc?: { tags?: { kind: string }[] };
    symbols: {
      name: string;
      declarations: { kind: string; jsDoc?: { tags?: { kind: string }[] } }[];
    }[];
  }>;
}

async function documentation(
  entryPoint: string,
): Promise<Documentation["nodes"][string]> {
  const json = await runDeno("doc", "--json", entryPoint);
  const { nodes }: Documentation = JSON.parse(json);
  return Object.values(nodes)[0]!;
}

const hasExample = (doc?: { tags?: { kind: string }[] }) =>
  doc?.tags?.some(({ kind }) => kind === "example") ?? false;

const ENTRY_POINTS: [path: string, count: number][] = [
  ["mod.ts", VALUES.length],
  ["src/mirror/mod.ts", Object.keys(mirror).length + 1], // The class `Mirror` is exported as a type.
  ["src/seal/mod.ts", Object.keys(seal).length],
  ["src/testing/mod.ts", Object.keys(testing).length],
];

for (const [entryPoint, expected] of ENTRY_POINTS) {
  test(`${entryPoint} and all its functions and classes have an example`, async () => {
    const { module_doc, symbols } = await documentation(entryPoint);
    assert(hasExample(module_doc), entryPoint);
    let count = 0;
    for (const { name, declarations } of symbols) {
      for (const { kind, jsDoc } of declarations) {
        if (kind !== "function" && kind !== "class") continue;
        assert(hasExample(jsDoc), `${name} has no example`);
        count++;
      }
    }
    assertEquals(count, expected);
  });
}

test("mod.ts fits on one screen and only exports names", async () => {
  const text = await Deno.readTextFile(new URL("mod.ts", ROOT));
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").trim();
  assert(code.split("\n").length <= 82);
  assert(!/\b(function|const|class)\b/.test(code));
});

test("no default value contains braces, which would end it too early", async () => {
  const sources = await sourceFiles("src");
  let checked = 0;
  for (const { path, text } of sources) {
    for (const [, value] of text.matchAll(/@default \{(.*)\}$/gm)) {
      assert(!/[{}]/.test(value!), `${path}: ${value}`);
      checked++;
    }
  }
  assert(checked > 50, `${checked} defaults`);
});

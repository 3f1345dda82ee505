/** How the app responds if its bindings are invalid. */
/// <reference path="../../../examples/cloudflare_workers.d.ts" />
import { assertEquals, assertStringIncludes } from "@std/assert";
import { startWorker } from "../../../examples/photos/local/workerd.ts";
import { type Env, findFault } from "../../../examples/photos/src/env.ts";
import { test } from "../../support/test.ts";
import { SECRET } from "../served_worker.ts";
import { workerTest } from "./harness.ts";

const GOOD = {
  IMMICH_URL: "https://photos.example.com",
  COOKIE_SECRET: SECRET,
};

/** Invalid bindings, the binding that the app names, and the app's advice. */
const FAULTS: [Record<string, string>, name: string, advice: string][] = [
  [
    { IMMICH_URL: GOOD.IMMICH_URL },
    "The secret COOKIE_SECRET is missing",
    "wrangler secret put COOKIE_SECRET",
  ],
  [
    { ...GOOD, IMMICH_URL: "photos.example.com" },
    "The variable IMMICH_URL is not an http or https URL",
    "address of the Immich server",
  ],
  [
    { ...GOOD, SYNC_EVERY_MINUTES: "often" },
    "The variable SYNC_EVERY_MINUTES is not a number",
    "minutes",
  ],
];

const PATHS = ["/", "/login", "/callback", "/events", "/thumbnails/x", "/none"];

workerTest(
  "a misconfigured app tells every visitor how to fix it",
  async () => {
    for (const [bindings, problem, advice] of FAULTS) {
      await using worker = await startWorker({ bindings });
      const origin = worker.url;
      const requests = PATHS.map((path) => new Request(origin + path));
      for (const path of ["/sync", "/logout"]) {
        requests.push(
          new Request(origin + path, { method: "POST", headers: { origin } }),
        );
      }
      for (const request of requests) {
        const answer = await fetch(request);
        const text = await answer.text();
        assertEquals(answer.status, 500, request.url);
        assertEquals(answer.headers.getSetCookie(), []);
        assertStringIncludes(text, problem);
        assertStringIncludes(text, advice);
      }
    }
  },
);

workerTest(
  "a public http address of the server is rejected at sign-in",
  async () => {
    const bindings = { ...GOOD, IMMICH_URL: "http://photos.example.com" };
    await using worker = await startWorker({ bindings });
    const answer = await fetch(`${worker.url}/login`, { redirect: "manual" });
    const text = await answer.text();
    assertEquals(answer.status, 500);
    assertEquals(answer.headers.getSetCookie(), []);
    assertStringIncludes(text, "The variable IMMICH_URL cannot be used");
    assertStringIncludes(text, "plain http");
  },
);

const NAMESPACE = {
  idFromName: refuse,
  idFromString: refuse,
  get: refuse,
};

function refuse(): never {
  throw new Error("Cannot reach an object: only bindings are checked");
}

test("valid bindings are accepted", () => {
  const good: Env = { ...GOOD, LIBRARIES: NAMESPACE, SIGN_INS: NAMESPACE };
  assertEquals(findFault(good), undefined);
  const COOKIE_SECRET = "x".repeat(32);
  assertEquals(findFault({ ...good, COOKIE_SECRET }), undefined);
  for (const minutes of ["0", "1", "60", "1440", "43200"]) {
    const env = { ...good, SYNC_EVERY_MINUTES: minutes };
    assertEquals(findFault(env), undefined);
  }
  const urls = [
    "http://192.168.1.2:2283",
    "https://host/immich/",
  ];
  for (const IMMICH_URL of urls) {
    assertEquals(findFault({ ...good, IMMICH_URL }), undefined, IMMICH_URL);
  }
});

test("each invalid binding is reported by name", () => {
  const good: Env = { ...GOOD, LIBRARIES: NAMESPACE, SIGN_INS: NAMESPACE };
  const wrong: [Partial<Env>, string][] = [
    ...["", "x", "x".repeat(31)].map((
      COOKIE_SECRET,
    ): [Partial<Env>, string] => [
      { COOKIE_SECRET },
      "COOKIE_SECRET",
    ]),
    ...[
      "",
      "photos",
      "ftp://photos.example",
      "//photos",
      "http://",
      "https://:1",
      "https://ada:secret@photos.example",
      "https://photos.example/?a=b",
      "https://photos.example/#a",
    ]
      .map((IMMICH_URL): [Partial<Env>, string] => [
        { IMMICH_URL },
        "IMMICH_URL",
      ]),
    ...["", "often", "-1", "1.5", " 1", "1e3", "∞", "43201", "9".repeat(400)]
      .map((
        SYNC_EVERY_MINUTES,
      ): [Partial<Env>, string] => [
        { SYNC_EVERY_MINUTES },
        "SYNC_EVERY_MINUTES",
      ]),
  ];
  for (const [env, name] of wrong) {
    const fault = findFault({ ...good, ...env }) ?? "none";
    assertStringIncludes(fault, name, JSON.stringify(env));
  }
  assertStringIncludes(findFault(GOOD) ?? "none", "LIBRARIES");
  const half = { ...GOOD, LIBRARIES: NAMESPACE };
  assertStringIncludes(findFault(half) ?? "none", "SIGN_INS");
});

test("a message about an invalid binding contains no secret", () => {
  const COOKIE_SECRET = "a short secret";
  const fault = findFault({ ...GOOD, COOKIE_SECRET }) ?? "none";
  assertEquals(fault.includes(COOKIE_SECRET), false);
  const IMMICH_URL = "https://ada:a-password@photos.example";
  const other = findFault({ ...GOOD, IMMICH_URL }) ?? "none";
  assertEquals(other.includes("a-password"), false);
});

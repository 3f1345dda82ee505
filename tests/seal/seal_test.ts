import { assert, assertEquals, assertRejects } from "@std/assert";
import type { OAuthContext, Session } from "../../mod.ts";
import { encrypt } from "../../src/seal/cipher.ts";
import {
  openContext,
  openSession,
  sealContext,
  type SealSecret,
  sealSession,
} from "../../src/seal/mod.ts";
import { CONTEXT, open, seal, SESSION } from "../../src/seal/seal.ts";
import { SESSION as session } from "../support/fetch.ts";
import { test } from "../support/test.ts";

const SECRET = "jlsJNARuSlJ0cTNkGsY9W2qrTbwUs0lf";
const OTHER_SECRET = "R-X_UaOCJfO29G1EInEuW4bod_AVFjkW";
const DAY_MS = 24 * 60 * 60 * 1000;

const context: OAuthContext = {
  baseUrl: session.baseUrl,
  redirectUri: "https://app.example/callback",
  state: "uNlGt2Acv8Zls2DUWS5MjAuNlGt2Acv8",
  codeVerifier:
    "R-X_UaOCJfO29G1EInEuW4bod_AVFjkWD04RpTQ0uO9fpSnFyiNMa4GSMmiW-kwq",
  createdAt: 1_795_000_000_000,
};

/** Every property that a session may have. */
const FULL: Session = {
  ...session,
  userId: "3fe388e4-2078-44d7-b36c-39d9dee3a657",
  authType: "oauth",
  expiresAt: "2027-11-27T12:00:00.000Z",
};

/** Any value, because JavaScript callers may pass anything. */
// deno-lint-ignore no-explicit-any
type Any = any;

test("opening a sealed context returns the original context", async () => {
  const sealed = await sealContext(context, SECRET);
  assertEquals(await openContext(sealed, SECRET), context);
});

test("opening a sealed session returns the original session", async () => {
  for (const each of [session, FULL]) {
    const sealed = await sealSession(each, SECRET);
    assertEquals(await openSession(sealed, SECRET), each);
  }
});

test("a sealed value contains only the properties of its type", async () => {
  const more = { note: "private", toJSON: undefined };
  const sealedSession = await sealSession({ ...FULL, ...more }, SECRET);
  assertEquals(await openSession(sealedSession, SECRET), FULL);
  const sealedContext = await sealContext({ ...context, ...more }, SECRET);
  assertEquals(await openContext(sealedContext, SECRET), context);
});

test("a sealed context or session is much smaller than the limit for a cookie", async () => {
  const sealedSession = await sealSession(FULL, SECRET);
  const sealedContext = await sealContext(context, SECRET);
  for (const sealed of [sealedSession, sealedContext]) {
    assert(sealed.length < 500, `${sealed.length} characters`);
    assert(/^[\w-]+$/.test(sealed), sealed);
  }
});

test("a sealed value does not contain its secrets in readable form", async () => {
  const sealed = await sealSession(session, SECRET);
  const bytes = atob(sealed.replaceAll("-", "+").replaceAll("_", "/"));
  assert(!bytes.includes(session.accessToken));
  assert(!bytes.includes(session.baseUrl));
});

test("a sealed context cannot be opened as a session, or a session as a context", async () => {
  // The value has the properties of both types, so that only the purpose
  // differs.
  const both = { ...context, ...session };
  assertEquals(
    await openSession(await sealContext(both, SECRET), SECRET),
    undefined,
  );
  assertEquals(
    await openContext(await sealSession(both, SECRET), SECRET),
    undefined,
  );
});

const LIFETIMES = [
  [CONTEXT, context, 10 * 60_000],
  [SESSION, session, 30 * DAY_MS],
] as const;

for (const [kind, value, lifetimeMs] of LIFETIMES) {
  const sealAt = (now: number, options = {}) =>
    seal<Any>(kind, value, SECRET, options, { now: () => now });
  const openAt = (now: number, sealed: string) =>
    open<Any>(kind, sealed, SECRET, { now: () => now });

  test(`a sealed ${kind.name} can be opened until its default lifetime has passed`, async () => {
    const sealed = await sealAt(1000);
    assertEquals(await openAt(1000 + lifetimeMs - 1, sealed), value);
    assertEquals(await openAt(1000 + lifetimeMs, sealed), undefined);
  });

  test(`a sealed ${kind.name} can be opened until maxAgeMs has passed`, async () => {
    const sealed = await sealAt(1000, { maxAgeMs: 5 });
    assertEquals(await openAt(1004, sealed), value);
    assertEquals(await openAt(1005, sealed), undefined);
  });
}

test("a value sealed with an old secret can be opened while the secret is listed", async () => {
  const sealed = await sealSession(session, OTHER_SECRET);
  assertEquals(await openSession(sealed, [SECRET, OTHER_SECRET]), session);
  assertEquals(await openSession(sealed, [SECRET]), undefined);
});

test("a value is sealed with the first of several secrets", async () => {
  const sealed = await sealSession(session, [SECRET, OTHER_SECRET]);
  assertEquals(await openSession(sealed, SECRET), session);
  assertEquals(await openSession(sealed, OTHER_SECRET), undefined);
});

test("opening a missing, empty or invalid cookie returns undefined", async () => {
  for (
    const cookie of [undefined, null, "", "x", "ä", "a b", "x".repeat(1e5)]
  ) {
    assertEquals(await openContext(cookie, SECRET), undefined);
    assertEquals(await openSession(cookie, SECRET), undefined);
  }
});

test("opening a changed cookie returns undefined", async () => {
  const sealed = await sealSession(session, SECRET);
  const [first, rest] = [sealed.slice(0, -1), sealed.slice(1)];
  for (
    const changed of [first, rest, ` ${sealed}`, `${sealed}=`, `${sealed}A`]
  ) {
    assertEquals(await openSession(changed, SECRET), undefined, changed);
  }
});

test("opening a sealed value that is not a valid session returns undefined", async () => {
  const end = Date.now() + DAY_MS;
  const without = (key: string) => ({ ...session, [key]: undefined });
  const payloads: unknown[] = [
    ...["", null, 1, [], {}, [end], [null, session], ["9".repeat(20), session]],
    ...[null, "", {}, [], [session], context, without("baseUrl")]
      .map((value) => [end, value]),
    ...[without("accessToken"), { ...session, accessToken: "a b" }]
      .map((value) => [end, value]),
    ...[{ userId: 1 }, { authType: "cookie" }, { expiresAt: null }]
      .map((change) => [end, { ...session, ...change }]),
  ];
  for (const payload of payloads) {
    const text = JSON.stringify(payload);
    const sealed = await encrypt(text, SECRET, "session");
    assertEquals(await openSession(sealed, SECRET), undefined, text);
  }
  const sealed = await encrypt("no JSON", SECRET, "session");
  assertEquals(await openSession(sealed, SECRET), undefined);
  const good = await encrypt(JSON.stringify([end, session]), SECRET, "session");
  assertEquals(await openSession(good, SECRET), session);
});

test("opening a sealed value that is not a valid context returns undefined", async () => {
  const end = Date.now() + DAY_MS;
  const changes: { [key in keyof OAuthContext]: unknown } = {
    baseUrl: 1,
    redirectUri: "no URL",
    state: "",
    codeVerifier: "",
    createdAt: null,
  };
  for (const [key, value] of Object.entries(changes)) {
    const text = JSON.stringify([end, { ...context, [key]: value }]);
    const sealed = await encrypt(text, SECRET, "context");
    assertEquals(await openContext(sealed, SECRET), undefined, key);
  }
});

/** Every function that takes a secret. */
const FUNCTIONS: Record<string, (secret: SealSecret) => Promise<unknown>> = {
  sealContext: (secret) => sealContext(context, secret),
  openContext: (secret) => openContext(undefined, secret),
  sealSession: (secret) => sealSession(session, secret),
  openSession: (secret) => openSession("", secret),
};

for (const [name, call] of Object.entries(FUNCTIONS)) {
  test(`${name} rejects a secret that is missing or not a string`, async () => {
    const lists = [[], Array(1), [SECRET, undefined], [[SECRET]]];
    const secrets = [undefined, null, 1, {}, ...lists];
    for (const secret of secrets) {
      await assertRejects(
        () => call(secret as Any),
        TypeError,
        "of at least 32 characters; create one with " +
          '"openssl rand -base64 32"',
      );
    }
  });

  test(`${name} rejects a short secret and does not quote it`, async () => {
    const short = SECRET.slice(1);
    for (const secret of ["", short, [short], [SECRET, short]]) {
      const error = await assertRejects(
        () => call(secret),
        RangeError,
        "the secret must have at least 32 characters; create one with " +
          '"openssl rand -base64 32"',
      );
      assert(!`${error.message}${error.cause}`.includes(SECRET.slice(1, 9)));
    }
  });
}

test("only a valid session or context can be sealed", async () => {
  const sessions = [
    ...[undefined, null, "", {}, context, { ...session, apiKey: "1" }],
    ...[{ userId: 1 }, { authType: "cookie" }, { expiresAt: 1 }, {
      accessToken: "a b",
    }].map((change) => ({ ...session, ...change })),
  ];
  for (const value of sessions) {
    await assertRejects(() => sealSession(value as Any, SECRET), TypeError);
  }
  const contexts = [undefined, null, "", {}, session, {
    ...context,
    createdAt: NaN,
  }];
  for (const value of contexts) {
    await assertRejects(
      () => sealContext(value as Any, SECRET),
      TypeError,
      "Cannot seal the context: the context is missing or invalid",
    );
  }
});

test("only a positive number is accepted as maxAgeMs", async () => {
  for (const maxAgeMs of [0, -1, NaN, Infinity, "1000", null, false]) {
    const isNumber = typeof maxAgeMs === "number" || maxAgeMs === null;
    const received = isNumber ? maxAgeMs : typeof maxAgeMs;
    await assertRejects(
      () => sealContext(context, SECRET, { maxAgeMs: maxAgeMs as Any }),
      RangeError,
      `maxAgeMs must be a positive number, received ${received}`,
    );
  }
});

test("opening a value that is neither a string nor undefined causes a TypeError", async () => {
  const sealed = await sealSession(session, SECRET);
  await assertRejects(
    () => openSession(Promise.resolve(sealed) as Any, SECRET),
    TypeError,
    "the sealed session must be a string or undefined, received object",
  );
});

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { ConnectionError } from "../../src/errors/mod.ts";
import { redact, redactCause, toSingleLine } from "../../src/http/redact.ts";
import { test } from "../support/test.ts";

test("toSingleLine joins the lines of a string and truncates it", () => {
  assertEquals(toSingleLine(" a\r\n\tb\u0000 c ", 10), "a b c");
  assertEquals(toSingleLine("abcdef", 6), "abcdef");
  assertEquals(toSingleLine("abcdefg", 6), "abcdef…");
});

test("toSingleLine removes characters that could forge or reverse a log line", () => {
  const forged = "a\u2028b\u2029c\u0085d\u009b31me\u202Ef\u200Bg\ud800h\ufeffi";
  assertEquals(toSingleLine(forged, 99), "a b c d 31me f g h i");
  assertEquals(toSingleLine("é 照片 🏖", 99), "é 照片 🏖");
});

test("redact replaces secrets and keeps the rest of the text", () => {
  assertEquals(
    redact("a k3ys, a k3ys", ["k3ys"]),
    "a [redacted], a [redacted]",
  );
  assertEquals(redact("no correcthorse", ["correcthorse"]), "no [redacted]");
  assertEquals(redact("Not found", ["", "k3ys"]), "Not found");
  assertEquals(
    redact("Incorrect email or password", ["", "password", "or"]),
    "Incorrect email or password",
  );
});

test("redact also replaces text that looks like an unknown token", () => {
  const token = "k8sJNARuSlJ0cTNkGsY9W2qrTbwUs0lfaUhwcRBAO1k";
  assertEquals(
    redact(`API key "${token}" is not valid`, []),
    'API key "[redacted]" is not valid',
  );
  for (
    const kept of [
      crypto.randomUUID(),
      "4bf92f3577b34da6a3ce929d0e0e4736",
      "a-long-word-with-many-parts-but-without-any-digit",
      "x".repeat(500),
    ]
  ) assertEquals(redact(kept, []), kept);
});

test("redact replaces a short secret only if it is a whole word", () => {
  assertEquals(redact("Bad Request", ["a", "Re"]), "Bad Request");
  assertEquals(redact("password: a", ["a"]), "[redacted]");
});

const SECRETS = {
  token: "jlsJNARuSlJ0cTNkGsY9W2qrTbwUs0lfaUhwcRBAO1k",
  code: "4/0AX4XfWh+secret=",
  password: "p4ss\"w<\\ör&d'1",
};

/** How servers, proxies and their logs may encode a secret that they repeat. */
const FORMS: Record<string, (secret: string) => string> = {
  "in lower case": (secret) => secret.toLowerCase(),
  "in upper case": (secret) => secret.toUpperCase(),
  "percent-encoded": encodeURIComponent,
  "percent-encoded in lower case": (secret) =>
    encodeURIComponent(secret).toLowerCase(),
  "percent-encoded twice": (secret) =>
    encodeURIComponent(encodeURIComponent(secret)),
  "percent-encoded in every character": (secret) =>
    hexOf(secret).replace(/../g, "%$&"),
  "as form data": (secret) => `${new URLSearchParams({ secret })}`,
  "as JSON": (secret) => JSON.stringify({ secret }),
  "as JSON in JSON": (secret) => JSON.stringify(JSON.stringify({ secret })),
  "as JSON with Unicode escapes": (secret) =>
    escaped(secret, (code) => `\\u${code.toString(16).padStart(4, "0")}`),
  "as a JSON array of bytes": (secret) =>
    JSON.stringify([...new TextEncoder().encode(secret)]),
  "as JavaScript with code point escapes": (secret) =>
    escaped(secret, (code) => `\\u{${code.toString(16)}}`),
  "percent-encoded as UTF-16": (secret) =>
    escaped(secret, (code) => `%u${code.toString(16).padStart(4, "0")}`),
  "in UTF-8 that was decoded as Latin-1": (secret) =>
    String.fromCharCode(...new TextEncoder().encode(secret)),
  "in another Unicode normal form": (secret) => secret.normalize("NFD"),
  "as JavaScript with hexadecimal escapes": (secret) =>
    escaped(secret, (code) => `\\x${code.toString(16).padStart(2, "0")}`),
  "as HTML with named entities": (secret) =>
    secret.replaceAll("&", "&amp;").replaceAll('"', "&quot;")
      .replaceAll("<", "&lt;").replaceAll("'", "&#39;"),
  "as HTML with decimal entities": (secret) =>
    escaped(secret, (code) => `&#${code};`),
  "as HTML with hexadecimal entities": (secret) =>
    escaped(secret, (code) => `&#x${code.toString(16)};`),
  "in hexadecimal digits": hexOf,
  "in upper-case hexadecimal digits": (secret) => hexOf(secret).toUpperCase(),
  "in hexadecimal digits with separators": (secret) =>
    hexOf(secret).replace(/..(?=.)/g, "$&:"),
  "in base64": base64Of,
  "in base64url": (secret) =>
    base64Of(secret).replaceAll("+", "-").replaceAll("/", "_"),
  "in base64 after one other byte": (secret) => base64Of(`:${secret} rest`),
  "in base64 after two other bytes": (secret) => base64Of(`::${secret} rest`),
  "in base64 on several lines": (secret) =>
    base64Of(secret).replace(/.{8}/, "$&\r\n"),
  "on several lines": (secret) => secret.replace(/.{4}/g, "$&\n  "),
};

function hexOf(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function base64Of(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function escaped(text: string, escape: (code: number) => string): string {
  return text.replace(/./g, (character) => escape(character.charCodeAt(0)));
}

for (const [name, toForm] of Object.entries(FORMS)) {
  test(`redact hides a secret ${name}`, () => {
    for (const [kind, secret] of Object.entries(SECRETS)) {
      const text = `Invalid request: ${toForm(secret)}, try again`;
      const redacted = redact(text, ["", "other-secret", secret]);
      assert(redacted.includes("[redacted]"), `${kind}: ${redacted}`);
      assert(!redacted.includes(toForm(secret)), `${kind}: ${redacted}`);
    }
  });
}

test("redact hides a percent-encoded secret that contains symbols", () => {
  for (const secret of ["p@$$!+%", "!@#$%^", "a!b?", "R&D;x"]) {
    const text = `Invalid request: ${encodeURIComponent(secret)}`;
    assertEquals(redact(text, [secret]), "[redacted]", secret);
  }
});

test("redact hides any part of a secret that is at least 12 characters long", () => {
  const { token } = SECRETS;
  for (let i = 0; i + 12 <= token.length; i++) {
    const part = token.slice(i, i + 12);
    assertEquals(redact(`see ${part}`, [token]), "[redacted]", part);
  }
});

test("redact hides both parts of a secret that was split in two", () => {
  const { token } = SECRETS;
  const text = `${token.slice(0, 20)}; ${token.slice(20)}`;
  assertEquals(redact(text, [token]), "[redacted]");
});

test("redact does not change the messages of a real server", () => {
  const secrets = Object.values(SECRETS);
  for (
    const message of [
      "Invalid user token",
      "OAuth is not enabled",
      "Validation failed; acks.0: Invalid input: expected string",
      "Not found or no asset.read access",
      "100% of 5 &amp; 6 \\u12 \\x &#; %zz %e9",
    ]
  ) assertEquals(redact(message, secrets), message);
});

test("redactCause replaces a cause that quotes a secret anywhere", () => {
  const { token } = SECRETS;
  const url = `https://immich.test/api/a?key=${token}`;
  const causes: Record<string, unknown> = {
    "message": new TypeError(`error sending request for url (${url})`),
    "property": Object.assign(new Error("refused"), { path: url }),
    "cause": new TypeError("fetch failed", { cause: new Error(url) }),
    "text": url,
    "object": { request: { url } },
    "name": { [url]: 1 },
    "symbol": { [Symbol(url)]: 1 },
    "map": { headers: new Map([["x-api-key", token]]) },
    "headers": { headers: new Headers({ "x-api-key": token }) },
    "request": Object.assign(new Error("lost"), { request: new Request(url) }),
    "errors": new AggregateError([new Error("a", { cause: new Error(url) })]),
    "chain": Array.from({ length: 9 }).reduce<unknown>(
      (cause) => new Error("lost", { cause }),
      url,
    ),
    "getter": {
      get message() {
        throw new Error(url);
      },
    },
  };
  for (const [place, cause] of Object.entries(causes)) {
    const error = redactCause(new ConnectionError("lost", { cause }), [token]);
    assertEquals(error.message, "lost");
    assertInstanceOf(error.cause, Error, place);
    const { message, stack } = error.cause;
    assert(!`${message} ${stack}`.includes(token), place);
    assertEquals(Object.keys(error.cause), []);
  }
  const kept = redactCause(
    new ConnectionError("lost", { cause: causes.message }),
    [token],
  );
  assertEquals(
    (kept.cause as Error).message,
    "error sending request for url (https://immich.test/api/a?key=[redacted])",
  );
});

test("redactCause leaves a cause without secrets unchanged", () => {
  const cause = new TypeError("fetch failed", { cause: new Error("reset") });
  for (const value of [cause, undefined, null, "reset", 1]) {
    const error = new ConnectionError("lost", { cause: value });
    assertStrictEquals(redactCause(error, [SECRETS.token]), error);
  }
});

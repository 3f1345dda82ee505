/** Unexpected values for the fields of a row. */
import type { Random } from "./random.ts";

/** Nesting depths, some of which overflow the stack. */
const DEPTHS = [50, 5_000, 100_000];

/** Returns valid but unusual JSON. */
function unusualJson(random: Random): string {
  const depth = random.pick(DEPTHS);
  return random.pick([
    "null",
    "true",
    '""',
    "[]",
    "{}",
    "0",
    "-0",
    "-1",
    "1e308",
    "1e999",
    "9007199254740993",
    "9".repeat(400),
    '"\\ud800"',
    '"\\udfff\\u0000"',
    '"\\u0000"',
    '"\\r\\n"',
    '"javascript:alert(1)"',
    '"http://["',
    '"\\u2028\\ufeff"',
    `"${"x".repeat(random.below(100_000))}"`,
    `"SyncAckV1|${random.below(9)}"`,
    '"|"',
    '"__proto__"',
    '"constructor"',
    '"SyncCompleteV1"',
    '"SyncResetV1"',
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}',
    '{"toString":1,"valueOf":1,"toJSON":1,"then":1,"length":-1}',
    '[{"toString":null,"valueOf":null}]',
    "[".repeat(depth) + "]".repeat(depth),
    '{"a":'.repeat(depth) + "1" + "}".repeat(depth),
  ]);
}

/**
 * Picks a field that error handling may turn into text. Returns its key, and
 * JSON for its value.
 */
function pickTextField(random: Random): [key: string, json: string] {
  const value = unusualJson(random);
  return random.pick([
    ["errors", `[{"path":${value},"message":"m"}]`],
    ["errors", `[{"path":[${value}],"message":"m"}]`],
    ["errors", `[{"path":["p"],"message":${value}}]`],
    ["errors", `[${value}]`],
    ["message", `[${value}]`],
    ["correlationId", value],
    ["url", `"https://immich.test/?state=${random.pick(["%", "%ff", "a&b"])}"`],
    ["url", `"https://${random.pick(["[", "%", "a b", ""])}"`],
  ]);
}

const KEYS = [
  "type",
  "ack",
  "data",
  "message",
  "errors",
  "correlationId",
  "__proto__",
  "constructor",
  "toString",
  "then",
  "accessToken",
  "url",
  "userId",
  "",
];

/**
 * Returns JSON with one value replaced or added; invalid JSON is returned
 * unchanged.
 */
export function mutateJson(text: string, random: Random): string {
  let unusual = unusualJson(random);
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return text;
  }
  if (random.chance(0.1)) return unusual;
  const places: [holder: Record<string, unknown>, key: string][] = [];
  function visit(value: unknown): void {
    if (typeof value !== "object" || value === null || places.length > 500) {
      return;
    }
    const holder = value as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      places.push([holder, key]);
      visit(holder[key]);
    }
  }
  try {
    visit(root);
    if (places.length === 0) return unusual;
    // A few rows contain most of the values. The first keys control parsing, so
    // they are picked more often.
    let [holder, name] = random.pick(
      random.chance(0.5) ? places.slice(0, 4) : places,
    );
    if (random.chance(0.3)) name = random.pick(KEYS);
    if (random.chance(0.2)) {
      holder = places[0]![0];
      [name, unusual] = pickTextField(random);
    }
    const marker = "MARKER";
    Object.defineProperty(holder, name, {
      value: marker,
      enumerable: true,
      configurable: true,
      writable: true,
    });
    return JSON.stringify(root).replace(`"${marker}"`, () => unusual);
  } catch {
    // An earlier mutation has nested the value too deeply to serialize.
    return text;
  }
}
